"""Which runs of digits in a text may be an ISBN, by how they are written; their check digits are not looked at.

Digits of something else are masked first: numbers in exponent form, dates, times, prices, decimals, phone numbers,
GS1 elements, numbers of other registers. What remains is a candidate when it stands alone as one group, or is parted as ISBNs are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

BOOKLAND: Final = ("978", "979")
"""The prefixes of all ISBN-13."""

#: A number in exponent form, and not the beginning of a UUID.
_EXPONENT = re.compile(
    r"(?<![\d.])(?P<whole>\d(?=[.,]\d)|\d+(?![\d,]))(?P<fraction>[.,]\d+)?"
    r"(?:e|\s?[×*]\s?10\^?|\s?x\s?10\^)(?P<power>[+-]?\d{1,3})(?![\da-z]|-[\da-f]{4}-)",
    re.IGNORECASE,
)
_YEAR: Final = r"(?:1[5-9]|20)\d\d"
#: The groups behind the first digit of the line under a barcode.
_PRINTED: Final = r"(?<=\D9)\s\d{6}\s\d{6}(?!\d)"
#: A currency before its amount; one right after a number belongs to that.
_CURRENCY: Final = r"(?:(?<!\d)(?<!\d\s)[¥$€£]|\b(?:CNY|RMB|USD|EUR|GBP|HKD|TWD|JPY|NT|HK))"
_END: Final = r"(?!\d|[-/.]\d)"
_NOISE = re.compile(
    "|".join(
        (
            _EXPONENT.pattern,
            rf"(?<![\d-]){_YEAR}(?:-\d{{1,2}}-|/\d{{1,2}}/|\.\d{{1,2}}\.)\d{{1,2}}{_END}",
            rf"(?<![\d-])\d{{1,2}}(?:-\d{{1,2}}-|/\d{{1,2}}/|\.\d{{1,2}}\.)(?:{_YEAR}|\d\d){_END}",
            rf"(?<![\d-]){_YEAR}(?:[-/.]\d{{1,2}}|-{_YEAR}){_END}",
            rf"(?<!\d)\d{{1,2}}:\d\d(?::\d\d(?:[.,]\d{{1,9}}(?![\dx]|-\d|(?:\s\d{{1,7}}){{4}}(?!\d)|{_PRINTED}))?)?(?:Z|[+-]\d\d:?\d\d)?(?!\d)",
            rf"{_CURRENCY}\s?\d{{1,7}}(?:,\d{{3}})*(?:[.,]\d{{1,2}})?(?!\d|-\d|(?<=97[89])\s\d+\s\d|{_PRINTED})",
            r"(?<![\d.-])\d{1,7}(?:[.,]\d{1,2})?\s?(?:[元圆円€£]|(?:CNY|RMB|USD|EUR|GBP)\b)(?!\s?\d)",
            r"(?<![\d.-])\d{1,7}\.\d{1,2}(?!\d|\.|-\d)",
            r"(?:\b(?:tel|phone|fax|mobile)|电话|電話|手机|手機|传真)[^\d\n]{0,4}\d{7,12}(?!\d)",
            r"\+\d{10,15}(?!\d)",
            r"\+\d{1,3}(?:[ -](?!97[89]\b)\d{2,4}){2,3}(?!\d|-\d)",
            r"\+1(?P<by>[ .-])97[89](?P=by)\d{3}(?P=by)\d{4}(?!\d)",
            r"(?<![\d-])(?:1-)?97[89](?P<dash>[ .-])[2-9]\d\d(?P=dash)\d{4}(?!\d|(?P=dash)\d)",
            r"\b(?:(?:ocolc|oclc|lccn|viaf|upc)\b(?:\s?(?:no|number|id)\b)?[.:=)#\s]{1,3}|(?:goodreads|librarything|douban)[:=)#]\s?)\d{7,12}(?!\d)",
            r"\((?:0[02]|[1-4]\d)\)(?!97[89](?:\d{10}|\D))[A-Za-z0-9]{1,20}",
        )
    ),
    re.IGNORECASE,
)
#: Signs without width, which are pasted along with a number.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LABEL = re.compile(r"ISBNs?(?:[- ]?1[03](?!\d))?[\s:#=.\"'()]{0,4}", re.IGNORECASE)
_GTIN_14 = re.compile(r"\(01\)\s?0(?=97[89]\d{10}(?!\d))")
_GROUP = re.compile(r"\d+(?:[xX](?![A-Za-z0-9]))?|[xX](?![A-Za-z0-9])")
_WHOLE = re.compile(r"(?<=\d\.)")
#: A decimal point and digits behind a number, unless they are zeros alone, as a spreadsheet writes them.
_FRACTION = re.compile(r"\.(?!0+(?!\d))\d")
_DASHES = re.compile("[\u2010-\u2015\u2212\u00ad]")
_SEPARATOR = re.compile(r"\s?-\s?|\s{1,3}|\.|[·_]")
_DIGITS_UNTIL_ADD_ON: Final = (15, 18)
_PRINTED_EAN: Final = (1, 6, 6)
_GROUPS_OF_13: Final = 5
#: Powers of ten of the numbers that are an ISBN shortened: 12 of an ISBN-13, less of an ISBN-10 with zeros in front.
_SHORTENED_POWERS: Final = range(7, 13)
#: So many digits before the exponent are a book's number already, of any power that is written after them.
_DIGITS_OF_A_NUMBER: Final = 9


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bare number of 10 or 13 characters, where its text stood, and whether the word ISBN stands before it."""

    number: str
    start: int
    end: int
    is_labelled: bool
    is_hyphenated_as: str = ""
    """Its groups with hyphens, where only their right lengths can show that it is an ISBN at all."""


@dataclass(frozen=True, slots=True)
class _Group:
    digits: str
    start: int
    end: int
    before: str
    """The separator that joins it to the group before, or ""."""
    is_apart: bool = False
    """Whether the separator is a dash with a space before it, as between two things or before a negative number."""


def candidates(text: str) -> list[Candidate]:
    """Return the numbers in a text that are written like an ISBN, in their order; they may overlap."""
    visible = _DASHES.sub("-", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))
    plain = _NOISE.sub(_blank, _GTIN_14.sub(_blank, visible))
    labels = {found.end() for found in _LABEL.finditer(plain)}
    plain = _LABEL.sub(_blank, plain)
    return [found for run in _runs(plain) for found in _of_run(run, plain, labels)]


def is_shortened(text: str) -> bool:
    """Return whether a text holds a number that a spreadsheet has shortened to its exponent form: 9.78754E+12."""
    return any(map(_is_of_an_isbn, _EXPONENT.finditer(unicodedata.normalize("NFKC", text))))


def is_shortened_alone(text: str) -> bool:
    """Return whether a text is one such number and nothing else; a plus that an address lost is a space in it."""
    said = re.sub(r"[\s\"'=]+", "", unlabelled(text))
    found = _EXPONENT.fullmatch(said)
    return found is not None and bool(found["fraction"] or _has_many_digits(found)) and _is_of_an_isbn(found)


def unlabelled(text: str) -> str:
    """Return a text, as NFKC writes it, without the word ISBN before its numbers."""
    return _LABEL.sub("", unicodedata.normalize("NFKC", text))


def _is_of_an_isbn(found: re.Match[str]) -> bool:
    return _has_many_digits(found) or len(found["whole"]) - 1 + int(found["power"]) in _SHORTENED_POWERS


def _has_many_digits(found: re.Match[str]) -> bool:
    return len(found["whole"]) >= _DIGITS_OF_A_NUMBER


def _blank(found: re.Match[str]) -> str:
    return ";" * len(found[0])


def _runs(plain: str) -> Iterator[list[_Group]]:
    """Cut a text into runs of digit groups that only separators of ISBNs part: ``978-7-5366 92930`` is one run."""
    run: list[_Group] = []
    for found in _GROUP.finditer(plain):
        between = plain[run[-1].end : found.start()] if run else ""
        joined = bool(run) and _SEPARATOR.fullmatch(between) is not None
        if run and not joined:
            yield run
            run = []
        run.append(
            _Group(found[0].upper(), found.start(), found.end(), _kind(between) if joined else "", _is_apart(between))
        )
    if run:
        yield run


def _is_apart(separator: str) -> bool:
    return "-" in separator and separator[0].isspace()


def _kind(separator: str) -> str:
    return separator.strip() or " "


def _of_run(run: Sequence[_Group], plain: str, labels: set[int]) -> Iterator[Candidate]:
    for at, first in enumerate(run):
        is_labelled = first.start in labels
        if (number := _alone(first, plain)) is not None:
            yield Candidate(number, first.start, first.end, is_labelled)
        for behind in range(at + 2, min(len(run), at + _GROUPS_OF_13) + 1):
            groups = run[at:behind]
            number = "".join(group.digits for group in groups)
            if len(number) > 13:
                break
            if "X" in number[:-1] or len(number) not in {10, 13}:
                continue
            is_hyphenated = _is_hyphenated(run, at, behind)
            if (
                _is_parted_13(groups, plain)
                if len(number) == 13
                else is_labelled or _is_parted_10(run, at, behind, plain)
            ):
                proof = "" if len(number) == 13 or is_labelled or is_hyphenated else _hyphenated(groups)
                yield Candidate(number, first.start, groups[-1].end, is_labelled, proof)


def _alone(group: _Group, plain: str) -> str | None:
    """Return the number that one group is; 13 digits may have an add-on glued to them."""
    digits = group.digits
    if len(digits) in _DIGITS_UNTIL_ADD_ON and digits.startswith(BOOKLAND):
        return digits[:13]
    if len(digits) == 13:
        return None if plain.endswith("0.", 0, group.start) else digits
    is_fraction = _WHOLE.match(plain, group.start) or _FRACTION.match(plain, group.end)
    is_glued = _is_glued(plain, group.start, group.end)
    return digits if len(digits) == 10 and not is_fraction and not is_glued else None


def _is_glued(plain: str, start: int, end: int) -> bool:
    """Return whether a letter stands right before or after a number, as in a hexadecimal one."""
    return re.search(r"[A-Za-z]", plain[start - 1 : start] + plain[end : end + 1]) is not None


def _is_parted_13(groups: Sequence[_Group], plain: str) -> bool:
    """Return whether 13 digits are parted as an ISBN (978 in front) or as the line under a barcode (9 787536 692930)."""
    if tuple(len(group.digits) for group in groups) == _PRINTED_EAN:
        return all(group.before == " " for group in groups[1:])
    return groups[0].digits.startswith(BOOKLAND) and len(groups) <= _GROUPS_OF_13 and not _has_decimal(groups, plain)


def _has_decimal(groups: Sequence[_Group], plain: str) -> bool:
    """Return whether a dot between groups is a decimal point: an ISBN has dots everywhere, and one alone only where nothing else stands."""
    separators = [group.before for group in groups[1:]]
    if separators == ["."]:
        return groups[0].digits in BOOKLAND or plain.strip() != plain[groups[0].start : groups[1].end]
    return "." in separators and len(set(separators)) > 1


def _is_parted_10(run: Sequence[_Group], at: int, behind: int, plain: str) -> bool:
    """Return whether ten characters are four groups with a check digit alone at the end, and not the tail of a longer number."""
    groups = run[at:behind]
    if len(groups[-1].digits) != 1 or len({group.before for group in groups[1:]}) != 1 or len(groups) > 4:
        return False
    if _is_glued(plain, groups[0].start, groups[-1].end):
        return False
    kind = groups[-1].before
    is_tail = at > 0 and _is_joined(groups[0], groups) and (kind != " " or len(run[at - 1].digits) == 3)
    goes_on = behind < len(run) and _is_joined(run[behind], groups) and kind != " "
    return not is_tail and not goes_on and (len(groups) == 4 or kind != " ")


def _is_joined(group: _Group, groups: Sequence[_Group]) -> bool:
    """Return whether a group is joined to the one before as these groups are to each other."""
    return group.before == groups[-1].before and (not group.is_apart or any(each.is_apart for each in groups[1:]))


def _is_hyphenated(run: Sequence[_Group], at: int, behind: int) -> bool:
    return all(right.before not in {" ", "."} for _left, right in pairwise(run[at:behind]))


def _hyphenated(groups: Sequence[_Group]) -> str:
    return "-".join(group.digits for group in groups)
