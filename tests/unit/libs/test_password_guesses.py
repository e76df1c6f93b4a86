"""Which passwords few guesses find: what people build of words, pinyin, dates and what is known of them."""

from __future__ import annotations

from typing import Any

import pytest
from zxcvbn import matching

from app.domain.account import PasswordTooCommon
from app.libs.password_guesses import guesses_needed
from app.services.members.password_rules import PasswordRules

KNOWN = {"email": "xiaoman@books.example", "nickname": "小满"}


@pytest.mark.parametrize(
    "password",
    [
        *("password123", "Password2026!", "p@ssw0rd2024", "summer2024", "dragon2024!", "iloveyou1314", "qwertyuiop"),
        *(
            "woaini1314",
            "5201314520",
            "5201314aa",
            "qq123456",
            "nihao123456",
            "wodemima123",
            "a1b2c3d4",
            "woaizhongguo",
        ),
        *("liming888", "zhangsan1990", "liming19900101", "Li19900101", "beijing2008", "我爱你1314", "中国2008"),
        *("xiaoman2026", "小满小满小满1", "鱼书鱼书鱼书鱼书", "yushu2026!", "xiaoman@books.example", "books2026"),
        *("woaiwojia123", "Woaiwojia_2024", "520woaibaba520", "yierersan1234", "我爱我家1314", "woaibeijing 2008"),
        *(
            "一二三四五六七八",
            "八七六五四三二一",
            "零壹贰叁肆伍陆柒",
            "壹貳參肆伍陸柒捌",
            "五二〇一三一四",
            "一二三四五六七八九十",
        ),
        *("abcd一二三四", "甲乙丙丁戊己庚辛", "子丑寅卯辰巳午未", "天地玄黄宇宙洪荒", "qwertasdfg", "zaqwsxcde"),
        *(
            "xiaoman@books",
            "books.example/xiaoman",
            "example-xiaoman-2026",
            "xiaoman123@yushu",
            "Fisher~小满",
            "小满@鱼书鱼书",
        ),
        *("13800138000", "19900101", "aaaaaaaa", "abababab", "password" * 16),
    ],
)
def test_a_common_word_with_little_added_is_refused(password: str):
    with pytest.raises(PasswordTooCommon):
        PasswordRules.ensure_hard_to_guess(password, **KNOWN)


@pytest.mark.parametrize(
    "password",
    [
        *("x7#kQp2!", "kV9!tR2m", "Tr0ub4dor&3", "wxyz-7731-kalt", "🐟📚🐟📖🎣🌊🐠🐡"),
        *("correct horse battery staple", "zebra lantern orbit", "the rain in spain stays mainly"),
        *("五湖四海皆兄弟！", "床前明月光，疑是地上霜", "chuangqianmingyueguang", "我家门口有两棵树一棵是枣树" * 9),
        *(
            "a" * 60 + "bcdefghi" * 8 + "3.14",
            "尺素如残雪 9527",
            "五湖四海皆兄弟",
            "九月秋风吹 37 次",
            "一棵二人三月天",
        ),
        *("xiaoman kT8#vq2L", "lanhuacao-dianqiche-47"),
    ],
)
def test_random_signs_and_long_passphrases_are_taken(password: str):
    PasswordRules.ensure_hard_to_guess(password, **KNOWN)


@pytest.mark.parametrize("password", ["4@8({[<369&1!|0$57%2+" * 6, "a" * 128, "密码" * 64, "1!7+4@5$69" * 12])
def test_what_takes_the_library_long_is_cut_before_it_sees_it(password: str, monkeypatch: pytest.MonkeyPatch):
    seen, whole = [], matching.omnimatch

    def noted(text: str, *dictionaries: Any) -> Any:
        seen.append(len(text))
        return whole(text, *dictionaries)

    monkeypatch.setattr(matching, "omnimatch", noted)
    guesses_needed(password, context=("小满",))
    assert max(seen, default=0) <= 48


def test_letters_have_few_readings_whatever_signs_stand_for_them(monkeypatch: pytest.MonkeyPatch):
    """The library tries each combination of what a sign may stand for; with all of its signs they are thousands."""
    readings, whole = [], matching.enumerate_l33t_subs

    def noted(table: dict[str, list[str]]) -> Any:
        found = whole(table)
        readings.append(len(found))
        return found

    monkeypatch.setattr(matching, "enumerate_l33t_subs", noted)
    guesses_needed("4@8({[<369&1!|0$57%2+", context=())
    assert max(readings) <= 64


def test_the_words_of_one_member_are_not_left_to_the_next():
    assert guesses_needed("zqxwvkjy", context=("zqxwvkjy",)) < 100
    assert guesses_needed("zqxwvkjy", context=()) > 10**7
    assert not any("zqxwvkjy" in ranked for ranked in matching.RANKED_DICTIONARIES.values())
