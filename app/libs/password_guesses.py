"""How many guesses a password withstands: zxcvbn's estimate, which here knows pinyin and Chinese mobile numbers as well.

zxcvbn takes a Chinese password for random letters. Han characters are therefore judged by their pinyin, numerals and other
characters that are counted with by their places, and syllables of pinyin are matched like words of its own lists.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

#: zxcvbn's time grows with the square of the length and with the number of readings of leet signs.
LONGEST_JUDGED = 32
#: A password that is longer than what is judged is a passphrase, unless it is made of fewer different characters than this.
DIFFERENT_IN_PASSPHRASE = 12
_LONGEST_SPELT = 48
#: About five bits each: what people write in pinyin are names and set phrases.
_GUESSES_PER_SYLLABLE = 40
_MOST_SYLLABLES = 4
#: Digits before or after a phrase multiply its guesses by no more: they are 123, 520, 1314 or a year.
_GUESSES_PER_DIGITS = 30
_MOST_DIGITS = 4
#: So much is an own word worth that stands in a password, wherever it stands and however it is set off.
_GUESSES_PER_OWN_WORD = 100
#: The operator's three digits and the area's four are few; who knows somebody tries their number first.
_GUESSES_PER_MOBILE = 10**7
#: Which zxcvbn's lists lack, and which are longer than a name.
_CHINESE_WORDS = ("woaini", "woaini1314", "wodemima", "woaizhongguo", "laopo", "laogong", "baobei")
#: What people count with, each by its place: a run of them is a sequence of digits or letters.
_COUNTED = {
    character: sign
    for signs, rows in (
        ("0123456789", ("零一二三四五六七八九", "〇壹贰叁肆伍陆柒捌玖", "〇壹貳參肆伍陸柒捌玖", "〇幺两叄")),
        ("abcdefghijkl", ("甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥", "天地玄黄宇宙洪荒")),
    )
    for row in rows
    for character, sign in zip(row, signs, strict=False)
} | {"十": "10", "拾": "10"}
_COUNTING = re.compile(f"[{''.join(_COUNTED)}]{{3,}}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
#: Signs that stand for the same letter as another one: without them there are ten times fewer readings to try.
_RARE_LEET = str.maketrans("{[<|+", "(((!7")
_DIGITS_BEFORE = re.compile(rf"(?<!\d)\d{{1,{_MOST_DIGITS}}}[\W_]?$")
_DIGITS_AFTER = re.compile(rf"[\W_]?\d{{1,{_MOST_DIGITS}}}(?!\d)")
_SYLLABLE = re.compile(
    "zh(?:ang|eng|ong|uai|uan|uang|an|ao|ai|ei|en|ou|ua|ui|un|uo|a|e|i|u)|"
    "ch(?:ang|eng|ong|uai|uan|uang|an|ao|ai|en|ou|ua|ui|un|uo|a|e|i|u)|"
    "sh(?:ang|eng|uai|uan|uang|an|ao|ai|ei|en|ou|ua|ui|un|uo|a|e|i|u)|"
    "[jqx](?:iang|iong|ian|iao|ing|uan|ia|ie|in|iu|ue|un|i|u)|"
    "[dtnl](?:iang|ian|iao|ing|ang|eng|ong|uan|ai|an|ao|ei|en|ia|ie|in|iu|ou|ue|ui|un|uo|ve|a|e|i|u|v)|"
    "[gkh](?:uang|uai|uan|ang|eng|ong|ai|an|ao|ei|en|ou|ua|ui|un|uo|a|e|u)|"
    "[zcs](?:ang|eng|ong|uan|ai|an|ao|ei|en|ou|ui|un|uo|a|e|i|u)|"
    "[bpmf](?:ian|iao|ing|ang|eng|ai|an|ao|ei|en|ie|in|iu|ou|a|i|o|u|e)|"
    "r(?:ang|eng|ong|uan|an|ao|en|ou|ua|ui|un|uo|e|i|u)|"
    "y(?:ang|ing|ong|uan|an|ao|in|ou|ue|un|a|e|i|o|u)|"
    "w(?:ang|eng|ai|an|ei|en|a|o|u)|"
    "ang|ai|an|ao|ei|en|er|ou|a|e|o"
)


def guesses_needed(password: str, *, context: Iterable[str]) -> int:
    """Return about how many guesses find a password.

    :param context: words that those who know the member try first, the most likely ones first.
    """
    if len(password) > LONGEST_JUDGED and len(set(password)) >= DIFFERENT_IN_PASSPHRASE:
        return int(10**LONGEST_JUDGED)
    from zxcvbn import matching  # noqa: PLC0415 - megabytes of lists that only few requests need

    own = [word for word in dict.fromkeys(_spelt(word.lower()) for word in context) if len(word) > 2]
    # A dictionary per call: zxcvbn's own function leaves the words of one caller where all threads read them.
    dictionaries = {**matching.RANKED_DICTIONARIES, "known": matching.build_ranked_dict([*own, *_CHINESE_WORDS])}
    text = _spelt(password[:LONGEST_JUDGED])[:_LONGEST_SPELT]
    guesses = _guesses(text, dictionaries)
    rest = _without(own, text)
    if rest == text:
        return guesses
    return min(guesses, _GUESSES_PER_OWN_WORD * (_guesses(rest, dictionaries) if rest else 1))


def _without(own: Iterable[str], text: str) -> str:
    """Return a text without a member's own words and what sets them off, or as it is when there is none of them in it."""
    words = "|".join(re.escape(word) for word in sorted(own, key=len, reverse=True))
    return re.sub(rf"[\W_]*(?:{words})[\W_]*", "", text, flags=re.IGNORECASE) if words else text


def _guesses(text: str, dictionaries: dict[str, dict[str, int]]) -> int:
    from zxcvbn import matching, scoring  # noqa: PLC0415 - as above

    matches: list[dict[str, Any]] = matching.omnimatch(text, dictionaries)
    for match in matches:
        if match["pattern"] == "repeat":  # zxcvbn judges what is repeated without the words of the context
            match["base_guesses"] = _guesses(match["base_token"], dictionaries)
    return int(scoring.most_guessable_match_sequence(text, [*matches, *_own_matches(text)])["guesses"])


def _own_matches(text: str) -> Iterator[dict[str, Any]]:
    for mobile in _MOBILE.finditer(text):
        yield _match(text, *mobile.span(), guesses=_GUESSES_PER_MOBILE)
    lower = text.lower()
    for start in range(len(text)):
        ends = {start}
        for syllables in range(1, _MOST_SYLLABLES + 1):
            ends = {end for begin in ends for end in _syllable_ends(lower, begin)}
            for end in ends:
                guesses = _GUESSES_PER_SYLLABLE**syllables
                yield _match(text, start, end, guesses=guesses)
                begin, stop = _with_digits(text, start, end)
                if syllables > 1 and (begin, stop) != (start, end):
                    yield _match(text, begin, stop, guesses=guesses * _GUESSES_PER_DIGITS)


def _with_digits(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where a phrase begins and ends with the few digits around it, set off by a sign or not."""
    before, after = _DIGITS_BEFORE.search(text, 0, start), _DIGITS_AFTER.match(text, end)
    return before.start() if before else start, after.end() if after else end


def _syllable_ends(text: str, start: int) -> Iterator[int]:
    """Yield where a syllable that begins at `start` may end: xian is one, or two."""
    for end in range(start + 1, min(start + 6, len(text)) + 1):
        if _SYLLABLE.fullmatch(text, start, end):
            yield end


def _match(text: str, start: int, end: int, *, guesses: int) -> dict[str, Any]:
    token = text[start:end]
    return {"pattern": "known", "i": start, "j": end - 1, "token": token, "guesses": guesses}


def _spelt(text: str) -> str:
    """Return a text with its Han characters in pinyin, without tones, and those that are counted with by their places."""
    text = _COUNTING.sub(lambda run: "".join(_COUNTED[sign] for sign in run[0]), unicodedata.normalize("NFKC", text))
    if text.isascii():
        return text.translate(_RARE_LEET)
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - slow to load, and few passwords need it

    return "".join(lazy_pinyin(text)).translate(_RARE_LEET)
