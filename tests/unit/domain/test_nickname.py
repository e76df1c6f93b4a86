"""Nicknames: what can be one, which look the same, and which speak for the site."""

from __future__ import annotations

import pytest

from app.domain.nickname import (
    is_nickname,
    is_reserved,
    is_unclaimed,
    looks_like_pseudonym,
    nickname_key,
    normal_nickname,
    pseudonym_of,
    unclaimed_key,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ivan", "lvan"),
        ("Ivan", "1VAN"),
        ("paypal", "раураl"),
        ("Вера", "Bepa"),
        ("вера", "ВЕРА"),
        ("NATO", "ΝΑΤΟ"),
        ("Mark", "rnark"),
        ("user10", "userIO"),
        ("ann", "Ａｎｎ"),
        ("hello", "һеllо"),
        ("小满", "小 满"),
        ("小满", "小\u2003满"),
        ("小满", "小\u3164满"),
        ("小满", "小\u200b满"),
        ("小满", "小\U000e0100满"),
        ("书友一号", "书友ー号"),
        ("口口", "ロロ"),
        ("山工", "山エ"),
        ("力士", "カ士"),
        ("❤️书", "❤书"),
        ("Café", "Cafe\u0301"),
    ],
)
def test_names_that_look_the_same_have_one_key(one: str, other: str):
    assert nickname_key(one) == nickname_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("小满", "小暑"), ("老周", "老舟"), ("vera", "nera"), ("Café", "Cafe"), ("ОБО", "000")],
)
def test_names_that_do_not_look_the_same_have_two(one: str, other: str):
    assert nickname_key(one) != nickname_key(other)


@pytest.mark.parametrize(
    "text",
    [
        "满",
        "小满" * 5,
        "ab",
        "a" * 20,
        "🐟 书",
        "❤️书",
        "Ⅳ号机",
        "O'Neil",
        "Nguyễn",
        "김철수",
        "नमस्ते",
        "ก็ดี",
        "=1+1",
        "x\u0302\u0303\u0304b",
    ],
)
def test_a_nickname_is_of_any_script_and_two_to_twenty_wide(text: str):
    assert is_nickname(text)


@pytest.mark.parametrize(
    "text",
    [
        *("a", "a" * 21, "小满" * 5 + "a", "小满" * 6),
        *(
            "\u3164\u3164",
            "\u2800\u2800",
            "\uffa0\uffa0",
            "\u115f\u1160",
            "a\u3164",
            "小\u2800满",
            "a\ufe0fb",
            "小\U000e0100满",
        ),
        *("小\u200b满", "小\u202e满", "a\u00adb", "👨\u200d👩\u200d👧", " 小满", "小  满", "小\u3000满"),
        *("…。", "--", "a/b", "a\\b", "\u0301ab", "á\u0302\u0303\u0304b", "x\u0302\u0303\u0304\u0301b", "\ufdfa" * 10),
    ],
)
def test_what_is_blank_or_hidden_or_too_wide_is_no_nickname(text: str):
    assert not is_nickname(text)


@pytest.mark.parametrize(("length", "is_one"), [(80, True), (81, False)])
def test_the_key_of_a_nickname_has_eighty_signs_at_most(length: int, *, is_one: bool):
    text = "\ufdfa" * 5 + "b" * (length - 75)  # a whole sentence in one sign
    assert len(nickname_key(text)) == length
    assert is_nickname(text) is is_one


def test_spaces_are_kept_as_one_plain_space_and_letters_composed():
    assert normal_nickname(" 小\u3000 满\u00a0Cafe\u0301 ") == "小 满 Café"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "admin",
            "A.D.M.I.N",
            "a d m i n",
            "4dm1n",
            "@dmin",
            "adm!n",
            "ａｄｍｉｎ",
            "аdmin",
            "ⓐⓓⓜⓘⓝ",
            "𝐚𝐝𝐦𝐢𝐧",
            "adminn",
        ),
        *(
            "admin1",
            "admin2024",
            "99admin",
            "★admin★",
            "admin小王",
            "小王-admin",
            "Admin 小王",
            "ADMINISTRATOR",
            "M O D",
        ),
        *("moderator", "m0derat0r", "supp0rt", "Root", "sysadmin", "guanliyuan", "YuShu", "yu shu", "y.u.s.h.u"),
        *(
            "管理员",
            "管 理 员",
            "管.理.员",
            "管理員",
            "小王（管理员）",
            "【系统】",
            "系统 1",
            "系 統",
            "版主1",
            "站长",
            "官方小助手",
        ),
        *("🅐🅓🅜🅘🅝", "🅰🅳🅼🅸🅽", "🇦🇩🇲🇮🇳", "🄰🄳🄼🄸🄽", "⒜⒟⒨⒤⒩", "🄐🄓🄜🄘🄝", "小王 🅐🅓🅜🅘🅝", "r⓿⓿t"),
        *("糸统", "工作入员", "管埋员", "己注销的书友"),
        *("ädmin", "àdmín", "m\u00f6derator", "菅理员", "宫方客服", "工作人员", "工作人員 3"),
        *("鱼书", "魚書", "鱼书客服", "鱼-书", "客服小鱼", "鱼书ADMIN"),
    ],
)
def test_a_name_that_speaks_for_the_site_is_reserved_however_it_is_written(text: str):
    assert is_reserved(text)


@pytest.mark.parametrize(
    "text",
    [
        *("badminton", "modern", "Yushu Li", "Bob", "Tom", "Adam Min", "rooty", "Emma", "Miriam", "Lily", "O'Neil"),
        *("老周", "小满", "书友3", "系里的人", "管家", "鱼儿", "书虫", "长安", "系统论爱好者", "林小满", "渔夫"),
    ],
)
def test_other_names_are_not(text: str):
    assert not is_reserved(text)


@pytest.mark.parametrize(
    "text",
    ["已注销的书友 12", "已注销的书友12", "已 注 销", "已註銷的書友 7", "己注销的书友 12", "巳註銷", pseudonym_of(5)],
)
def test_the_pseudonym_of_those_who_left_is_nobodys(text: str):
    assert looks_like_pseudonym(text)
    assert is_reserved(text)


@pytest.mark.parametrize("nickname", ["小 满", "a b", " signed up 1"])
def test_no_nickname_has_a_key_that_is_nobodys(nickname: str):
    assert is_unclaimed(unclaimed_key("7"))
    assert not is_unclaimed(nickname_key(nickname))


@pytest.mark.parametrize("written", ["🅐lice", "🅰🅻🅸🅲🅴", "🇦🇱🇮🇨🇪", "⒜lice", "ⓐⓛⓘⓒⓔ", "🄰🄛🄸🄲🄴"])
def test_a_name_in_circles_squares_and_flags_is_the_plain_one(written: str):
    assert nickname_key(written) == nickname_key("Alice")


@pytest.mark.parametrize(("one", "other"), [("未来", "末来"), ("王士", "王日"), ("日日", "曰曰"), ("自己", "自巳")])
def test_characters_of_real_names_stay_apart(one: str, other: str):
    assert nickname_key(one) != nickname_key(other)
    assert not is_reserved(one)
    assert not is_reserved(other)
