"""Which part of a work a title names: 上, 第一部, 卷二, Ⅱ, Vol. 3, Book Four; and which marks only say that all parts are there.

Titles are read in parts, as colons, dashes and brackets cut them. Han numerals, Roman ones, digits and English words for numbers
become digits; 上 is the first part.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff"
_HAN_SIGNS: Final = "首一二三四五六七八九十壹贰貳叁參肆伍陆陸柒捌玖拾两兩"
_HAN_NUMBER: Final = rf"(?:\d{{1,3}}|[{_HAN_SIGNS}]{{1,3}})"
_WORDS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_LATIN_NUMBER: Final = (
    rf"(?:\d{{1,3}}|[ivx]{{2,6}}|[ivx](?=\s*(?:[^\w\s']|to\b|and\b|books?\b|\Z))|{'|'.join(_WORDS)})(?![a-z0-9])"
)
_MANY_HAN: Final = rf"{_HAN_NUMBER}(?:\s*[-~–、,到至]\s*{_HAN_NUMBER})*"
_MANY_LATIN: Final = rf"{_LATIN_NUMBER}(?:\s*(?:-+|–|~|to|and|&|,)\s*{_LATIN_NUMBER})*"
_UNITS: Final = "部册冊卷集辑輯季篇编編"
_ROMAN_AFTER_HAN: Final = r"(?:i{1,3}|iv|vi{0,3}|ix)"

#: A number with its noun; what stands behind it is the name of that part.
_MARKED: Final = re.compile(
    rf"(?<![a-z])(?:vol(?:ume)?s?|books?|bks?|parts?|pts?)\.?\s*\#?\s*(?P<latin>{_MANY_LATIN}|[a-d](?=\s*(?:[^\w\s']|\Z)))"
    rf"|(?<![\w.])(?:\#|no\.)\s*(?P<plain>\d{{1,3}})(?!\d)"
    rf"|第\s*(?P<han>{_MANY_HAN})\s*[{_UNITS}](?=\Z|[^{_HAN}]|[上中下])"
    rf"|(?<=[\w,] )(?:the )?(?P<ordinal>{'|'.join(_ORDINALS)}) (?:part|volume)\Z"
    r"|(?P<first>首)部曲"
    rf"|卷\s*(?P<book>{_HAN_NUMBER})(?=\Z|[^{_HAN}])"
    rf"|(?<!分)之(?P<of>[{_HAN_SIGNS}]{{1,3}}|\d{{1,2}})\Z"
)
#: 三体2, 三体Ⅱ 黑暗森林, 盗墓笔记8·大结局, 撒野 一: a number that a Chinese title ends with, or that its part's name stands behind.
_AFTER_HAN: Final = re.compile(
    rf"(?<=[{_HAN}])(?:\s?(?P<number>\d{{1,2}}|{_ROMAN_AFTER_HAN})(?=\s*(?:\Z|[·:.]|-[{_HAN}]))"
    rf"|(?P<inner>\d{{1,2}}|{_ROMAN_AFTER_HAN})(?=\s+[{_HAN}])|\s(?P<apart>[{_HAN_SIGNS}]{{1,2}})\Z)"
)
_LAST: Final = re.compile(r"(?<=\w)\W+(?P<number>\d{1,2}|ii|iii|iv|vi{1,3}|ix)\Z")
#: One part of two or three; alone in brackets, behind a space, or with its noun. 旅途中 is none.
_PART: Final = re.compile(
    r"(?:(?:\A|(?<=[\s.·]))(?P<bare>[上中下])|(?<![上中下])(?P<noun>[上中下])(?=[册冊卷部集篇编編]))[册冊卷部集篇编編]?\Z"
)
_ALL: Final = re.compile(
    rf"(?:(?:全|共)?(?:(?:\A|(?<=[\s.·全共]))上[、,/\s]?(?:中[、,/\s]?)?下[册冊卷部集篇]?|(?<![装裝])上[、,/\s]?(?:中[、,/\s]?)?下[册冊卷部集篇])(?:全|合集)?"
    rf"|(?<![装裝])(?:全套|全|共)\s*(?P<count>{_HAN_NUMBER})\s*[册冊卷部函集])\Z"
)
_ONLY_ALL: Final = re.compile(rf"(?P<count>{_HAN_NUMBER})\s*[册冊]")
_ONLY_NUMBERS: Final = re.compile(rf"(?:{_MANY_HAN}|{_MANY_LATIN})")
_ONLY_RANGE: Final = re.compile(rf"{_HAN_NUMBER}\s*[-~–至到]+\s*{_HAN_NUMBER}\s*[册冊卷部集]?")
_NUMBER: Final = re.compile(rf"\d+|[{_HAN_SIGNS}]+|{'|'.join((*_ORDINALS, *_WORDS))}|[ivx]+")
_ROMAN_NUMBERS: Final = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx"
_ROMAN: Final = {sign: number for number, sign in enumerate(_ROMAN_NUMBERS.split(), start=1)}
_HAN_DIGITS: Final = {
    sign: value
    for value, signs in enumerate(
        ("", "一壹首", "二贰貳两兩", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖", "十拾")
    )
    for sign in signs
}
_DIGIT: Final = re.compile(r"\d")
#: What every mark in a text that is not ASCII has.
_MAY_NUMBER: Final = re.compile(rf"\d|[{_HAN_SIGNS}上中下a-z]")
_NO_WORD: Final = re.compile(r"\W+")
_NUMBER_WORDS: Final = frozenset([*_ROMAN, *_WORDS, *_ORDINALS, *"abcd"])
#: More parts in one lot than any novel has: the volumes of a series of comics, or a library.
_MOST_PARTS: Final = 12

_ENDS: Final = " ,.·-~/、"
#: What may cut a title in parts: brackets, colons, semicolons, dashes with a space on both sides.
_CUTS: Final = re.compile(r"[()\[\]{}【】〔〕「」『』〈〉《》:;|–—―]+|-{2,}| -+(?= )")
_OPENING: Final = frozenset("([{【〔「『〈《")
_CLOSING: Final = frozenset(")]}】〕」』〉》")
_COLONS: Final = frozenset(":|")
#: So many dashes part even numbers, which one dash joins.
_DASHES: Final = 2


class TitlePart(NamedTuple):
    """A part of a title: how its text came (`HEAD`, `TAIL` behind a colon or dash, `BRACKET`, `MORE` behind a bracket, or `LIST`
    behind a semicolon: the next book of several).
    """

    text: str
    place: str


HEAD, TAIL, BRACKET, MORE, LIST = "head", "tail", "bracket", "more", "list"


class Cut(NamedTuple):
    """A part of a title without its volumes: what is left of it, and the numbers ("2", "1-3", "下") in their order.

    With `is_named` what stands behind the number in the title is the name of that volume. `holds_all`: it says that all volumes
    of one work are in this lot.
    """

    text: str
    volumes: tuple[str, ...] = ()
    is_named: bool = False
    holds_all: bool = False
    name: str = ""


def written(title: str) -> str:
    """Return a title as it is read here: NFKC, case folded."""
    return title.lower() if title.isascii() else unicodedata.normalize("NFKC", title).casefold()


def parts_of(title: str) -> list[TitlePart]:
    """Cut a title (as `written` returns it) where its main part ends, and where its subtitle and remarks do.

    A dash cuts the main part alone; in a subtitle it is a pause.
    """
    found: list[TitlePart] = []
    at, place = 0, HEAD
    for cut in _CUTS.finditer(title):
        begin, end = cut.span()
        following = _place_behind(cut[0])
        if following is None:
            between = title[begin - 1 : begin].isdigit() and (len(cut[0]) < _DASHES or title[end : end + 1].isdigit())
            if place in {TAIL, BRACKET} or between:
                continue
            following = TAIL
        _add(found, title[at:begin], place)
        at, place = end, following
    _add(found, title[at:], place)
    return found


def _place_behind(cut: str) -> str | None:
    """Return the place of what stands behind some signs that may cut a title; None when they are dashes alone."""
    for sign in reversed(cut):
        if sign in _OPENING:
            return BRACKET
        if sign in _CLOSING:
            return MORE
        if sign == ";":
            return LIST
        if sign in _COLONS:
            return TAIL
    return None


def _add(parts: list[TitlePart], text: str, place: str) -> None:
    text = text.strip(_ENDS)
    if text:
        parts.append(TitlePart(text, place if parts else HEAD))


def without_volumes(part: TitlePart) -> Cut:
    """Take the volumes out of one part of a title."""
    text = part.text
    if text.isascii():
        if not _DIGIT.search(text) and _NUMBER_WORDS.isdisjoint(_NO_WORD.split(text)):
            return Cut(text)
    elif not _MAY_NUMBER.search(text):
        return Cut(text)
    if part.place == BRACKET and (only := _only_volume(part)):
        return only
    for way in _LATIN_WAYS if text.isascii() else _WAYS:
        if cut := way(part):
            return cut
    return Cut(text)


def _only_volume(part: TitlePart) -> Cut | None:
    """Read what stands in brackets when it is a number and nothing else."""
    if _ONLY_NUMBERS.fullmatch(part.text) or _ONLY_RANGE.fullmatch(part.text):
        return Cut("", (_numbers(part.text),), is_named=True)
    if (several := _ONLY_ALL.fullmatch(part.text)) and not _is_too_many(several["count"]):
        return Cut("", holds_all=True)
    return None


def _all_volumes(part: TitlePart) -> Cut | None:
    found = _ALL.search(part.text)
    return _before(part, found)._replace(holds_all=True) if found and not _is_too_many(found["count"]) else None


def _marked_volume(part: TitlePart) -> Cut | None:
    marked = list(_MARKED.finditer(part.text))
    if not marked:
        return None
    before, behind = part.text[: marked[0].start()].strip(_ENDS), part.text[marked[-1].end() :].strip(_ENDS)
    volumes = [_numbers(found[found.lastgroup or 0]) for found in marked]
    after = _PART.search(behind)
    if after:
        volumes.append(_part_number(after))
    return Cut(before or ("" if after else behind), tuple(volumes), is_named=bool(before) or part.place != HEAD)


def _one_part(part: TitlePart) -> Cut | None:
    found = _PART.search(part.text)
    if found is None:
        return None
    inner = _before(part, found)
    return Cut(inner.text, (*inner.volumes, _part_number(found)), inner.is_named)


def _number_after_han(part: TitlePart) -> Cut | None:
    found = _AFTER_HAN.search(part.text)
    if found is None:
        return None
    number, name = (
        _number(found["number"] or found["inner"] or found["apart"]),
        part.text[found.end() :].strip(_ENDS + ":"),
    )
    return Cut(part.text[: found.start()], (number,), is_named=True, name=name)


def _last_number(part: TitlePart) -> Cut | None:
    found = _LAST.search(part.text)
    return Cut(part.text[: found.start()], (_number(found["number"]),)) if found else None


def _before(part: TitlePart, found: re.Match[str]) -> Cut:
    """Return what is left before a mark, without the volumes in that."""
    rest = part.text[: found.start()].rstrip(_ENDS)
    return without_volumes(TitlePart(rest, part.place)) if rest else Cut("")


_WAYS: Final = (_all_volumes, _marked_volume, _one_part, _number_after_han, _last_number)
_LATIN_WAYS: Final = (_marked_volume, _last_number)


def volume_of(title: str) -> str:
    """Return the number of the volume that a title names (上 is the first), 中 or 下, or "" when it names none."""
    return next(volumes_in(title), "")


def volumes_in(title: str) -> Iterator[str]:
    """Yield the numbers of the volumes that a title names, from the widest to the narrowest as they are written."""
    for part in parts_of(written(title)):
        yield from without_volumes(part).volumes


def _is_too_many(count: str | None) -> bool:
    return count is not None and int(_number(count)) > _MOST_PARTS


def _part_number(found: re.Match[str]) -> str:
    sign = found["bare"] or found["noun"]
    return "1" if sign == "上" else sign


def _numbers(text: str) -> str:
    """Return "2" for one number, "1-3" for the first and the last of several."""
    numbers = [_number(each) for each in _NUMBER.findall(text)] or [text]
    return numbers[0] if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"


def _number(text: str) -> str:
    if text.isdecimal():
        return text.lstrip("0") or "0"
    if text in _ROMAN:
        return str(_ROMAN[text])
    for words in (_WORDS, _ORDINALS):
        if text in words:
            return str(words.index(text) + 1)
    digits = [_HAN_DIGITS.get(sign, 0) for sign in text]
    if not any(digits):
        return text
    ten = digits.index(10) if 10 in digits else -1
    if ten < 0:
        return "".join(map(str, digits))
    return str((sum(digits[:ten]) or 1) * 10 + sum(digits[ten + 1 :]))
