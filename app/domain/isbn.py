"""Everything about ISBNs: found in any text, checked, converted, written with hyphens, and mended; and the barcodes that are none."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from stdnum import ean
from stdnum import isbn as stdnum_isbn

from app.domain.isbn_candidates import BOOKLAND, Candidate, candidates, unlabelled

_LOOKED_AT: Final = 400
"""Characters of a text that are searched for one number; nobody types more in front of an ISBN."""


@dataclass(frozen=True)
class TypedIsbn:
    """One ISBN as it was found in a text.

    ``number`` is the bare typed number, 10 or 13 characters, upper case, without separators. When ``is_valid`` is
    false its check digit does not agree and ``isbn13`` is empty.
    """

    number: str
    is_valid: bool

    @cached_property
    def isbn13(self) -> str:
        """The canonical 13 digits, or "" for a number with a wrong check digit."""
        return to_isbn13(self.number) if self.is_valid else ""

    @cached_property
    def hyphenated(self) -> str:
        """``978-7-5366-9293-0``; a wrong number is given back as it was typed, without separators."""
        return hyphenate(self.isbn13) if self.is_valid else self.number

    @cached_property
    def nearest(self) -> tuple[str, ...]:
        """The valid ISBN-13s one edit away (a digit misread, two neighbours swapped); empty for a valid number."""
        return () if self.is_valid else _neighbours(self.number)


def find_isbn(text: str) -> TypedIsbn | None:
    """Return the ISBN in a text, however it is written, or None if there is none.

    Understands hyphens, dashes, spaces, full-width digits, "ISBN" in front, words around, an EAN-5 or EAN-2 add-on
    behind and the X of an ISBN-10. A valid number anywhere wins over a wrong one. A number with a wrong check digit
    is read as an ISBN only if nothing else can be meant: it begins like one, follows the word "ISBN", or stands
    alone.
    """
    text = text[:_LOOKED_AT]
    written = candidates(text)
    valid = _by_rank(filter(_names_a_book, written))
    if valid:
        return TypedIsbn(valid[0].number, is_valid=True)
    whole = _letters_and_digits(text)
    wrong = next((each.number for each in _by_rank(written) if _must_be_meant(each, whole)), None)
    return None if wrong is None else TypedIsbn(wrong, is_valid=False)


def find_isbns(text: str, *, with_wrong: bool = False) -> list[TypedIsbn]:
    """Return the valid ISBNs in a text, in their order, each book once; if wanted, those with a wrong check digit, too."""
    written = candidates(text)
    found = [(each, True) for each in _by_rank(filter(_names_a_book, written))]
    if with_wrong:
        whole = _letters_and_digits(text)
        found += [(each, False) for each in _by_rank(written) if _must_be_meant(each, whole)]
    taken: list[tuple[Candidate, bool]] = []  # in their order, none over another
    for each, is_right in found:
        at = bisect(taken, each.start, key=lambda one: one[0].start)
        is_free = at == 0 or taken[at - 1][0].end <= each.start
        if is_free and (at == len(taken) or each.end <= taken[at][0].start):
            taken.insert(at, (each, is_right))
    typed = [TypedIsbn(each.number, is_valid=is_right) for each, is_right in taken]
    return list({each.isbn13 or each.number: each for each in typed}.values())


def canonical(text: str) -> str | None:
    """Return the ISBN-13 that a text names, or None if it names none or one with a wrong check digit."""
    reading = find_isbn(text)
    return reading.isbn13 if reading and reading.is_valid else None


def is_valid(number: str) -> bool:
    """Return whether a bare number (digits and a last X, no separators) is an ISBN with the right check digit."""
    return not _is_filler(number) and _agrees(number)


def _is_filler(number: str) -> bool:
    """Return whether a number repeats one digit, as is written where there is none: the check digit of 0000000000 is right."""
    return len(set(number[-10:-1])) == 1


def _agrees(number: str) -> bool:
    if not number.isascii():
        return False
    if len(number) == 13:
        return number.isdigit() and number.startswith(BOOKLAND) and _sum13(number) % 10 == 0
    if len(number) == 10:
        return number[:9].isdigit() and number[9] in "0123456789X" and _sum10(number) % 11 == 0
    return False


def to_isbn13(number: str) -> str:
    """Turn a valid bare ISBN into its 13 digits."""
    if len(number) == 13:
        return number
    body = "978" + number[:9]
    return body + str(-_sum13(body) % 10)


def to_isbn10(isbn13: str) -> str:
    """Turn a valid ISBN-13 into the older ten characters, or "" where it has none (979)."""
    if not isbn13.startswith("978"):
        return ""
    body = isbn13[3:12]
    return body + "0123456789X"[-_sum10(body) % 11]


def hyphenate(isbn13: str) -> str:
    """Write a valid ISBN with hyphens by the ranges of the International ISBN Agency (``978-7-5366-9293-0``)."""
    return str(stdnum_isbn.format(isbn13))


def _names_a_book(candidate: Candidate) -> bool:
    return is_valid(candidate.number) and candidate.is_hyphenated_as in {"", _hyphenated_10(candidate.number)}


def _hyphenated_10(number: str) -> str:
    return str(stdnum_isbn.format(number)) if len(number) == 10 else ""


def _by_rank(found: Iterable[Candidate]) -> list[Candidate]:
    """Sort candidates: after the word ISBN before all others, then the longer ones, then as they stand."""
    return sorted(found, key=lambda each: (not each.is_labelled, -len(each.number), each.start))


def _letters_and_digits(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign.isalnum())


def _must_be_meant(candidate: Candidate, whole: str) -> bool:
    """Return whether a number with a wrong check digit was typed as an ISBN, and is not the barcode of something else."""
    number = candidate.number
    if _is_filler(number) and _agrees(number):
        return False
    if len(number) == 13 and number.startswith(BOOKLAND):
        return True
    if len(number) == 13 and number.isdigit() and _sum13(number) % 10 == 0:
        return False
    return candidate.is_labelled or number == whole


def _sum13(digits: str) -> int:
    return sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))


def _sum10(number: str) -> int:
    return sum(
        weight * (10 if sign == "X" else int(sign)) for weight, sign in zip(range(10, 0, -1), number, strict=False)
    )


def _neighbours(number: str) -> tuple[str, ...]:
    typos = dict.fromkeys((*_swapped(number), *_misread(number)))
    return tuple(dict.fromkeys(to_isbn13(typo) for typo in typos if is_valid(typo)))


def _misread(number: str) -> list[str]:
    last = len(number) - 1
    return [
        number[:place] + digit + number[place + 1 :]
        for place in range(last, -1, -1)
        for digit in ("0123456789X" if place == last and last == 9 else "0123456789")
    ]


def _swapped(number: str) -> list[str]:
    return [
        number[:place] + number[place + 1] + number[place] + number[place + 2 :] for place in range(len(number) - 1)
    ]


_NUMBER = re.compile(r"(\d{13})(?:\d{2}|\d{5})?")
_BOOKLAND: Final = ("978", "979")
_PERIODICAL: Final = "977"
_MADE_IN_CHINA: Final = range(690, 700)


@dataclass(frozen=True, slots=True)
class Barcode:
    """A barcode of something else than a book: a periodical has an ISSN, everything else a product code."""

    number: str
    kind: Literal["periodical", "product"]


def find_other_barcode(text: str) -> Barcode | None:
    """Return the barcode that a text consists of, with the word ISBN before it or not, None for an ISBN or for what is no barcode.

    Its check digit must agree, unless it begins as those of periodicals (977) or of Chinese products (690-699) do; the two or
    five digits of an add-on may follow.
    """
    found = _NUMBER.fullmatch(re.sub(r"[\s-]+", "", unlabelled(text)))
    if found is None or found[1].startswith(_BOOKLAND) or not found[1].isascii():
        return None
    number = found[1]
    if number.startswith(_PERIODICAL):
        return Barcode(number, "periodical")
    return Barcode(number, "product") if int(number[:3]) in _MADE_IN_CHINA or ean.is_valid(number) else None
