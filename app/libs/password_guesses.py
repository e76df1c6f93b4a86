"""How many guesses a password withstands: zxcvbn's estimate, which here knows pinyin and Chinese mobile numbers as well.

zxcvbn takes a Chinese password for random letters. Han characters are therefore judged by their pinyin, and syllables of pinyin
are matched like words of its own lists.
"""

from __future__ import annotations

import re
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
#: The operator's three digits and the area's four are few; who knows somebody tries their number first.
_GUESSES_PER_MOBILE = 10**7
#: Which zxcvbn's lists lack, and which are longer than a name.
_CHINESE_WORDS = ("woaini", "woaini1314", "wodemima", "woaizhongguo", "laopo", "laogong", "baobei")
_MOBILE = re.compile(r"1[3-9]\d{9}")
#: Signs that stand for the same letter as another one: without them there are ten times fewer readings to try.
_RARE_LEET = str.maketrans("{[<|+", "(((!7")
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

    :param context: words that whoever knows the member tries first, the most likely ones first.
    """
    if len(password) > LONGEST_JUDGED and len(set(password)) >= DIFFERENT_IN_PASSPHRASE:
        return int(10**LONGEST_JUDGED)
    from zxcvbn import matching  # noqa: PLC0415 - megabytes of lists that only few requests need

    words = dict.fromkeys(_spelt(word.lower()) for word in context)
    # A dictionary per call: zxcvbn's own function leaves the words of one caller where all threads read them.
    known = matching.build_ranked_dict([*(word for word in words if len(word) > 2), *_CHINESE_WORDS])
    dictionaries = {**matching.RANKED_DICTIONARIES, "known": known}
    return _guesses(_spelt(password[:LONGEST_JUDGED])[:_LONGEST_SPELT], dictionaries)


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
                yield _match(text, start, end, guesses=_GUESSES_PER_SYLLABLE**syllables)


def _syllable_ends(text: str, start: int) -> Iterator[int]:
    """Yield where a syllable that begins at `start` may end: xian is one, or two."""
    for end in range(start + 1, min(start + 6, len(text)) + 1):
        if _SYLLABLE.fullmatch(text, start, end):
            yield end


def _match(text: str, start: int, end: int, *, guesses: int) -> dict[str, Any]:
    token = text[start:end]
    return {"pattern": "known", "i": start, "j": end - 1, "token": token, "guesses": guesses}


def _spelt(text: str) -> str:
    """Return a text with its Han characters in pinyin, without tones."""
    if text.isascii():
        return text.translate(_RARE_LEET)
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - slow to load, and few passwords need it

    return "".join(lazy_pinyin(text)).translate(_RARE_LEET)
