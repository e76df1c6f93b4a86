"""Domain: numbers under barcodes that are no book numbers, though people type them as such."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from stdnum import ean

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
    """Return the barcode that a text consists of, None for an ISBN or for what is no barcode.

    Its check digit must agree, unless it begins as those of periodicals (977) or of Chinese products (690-699) do; the two or
    five digits of an add-on may stand behind it.
    """
    found = _NUMBER.fullmatch(re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", text)))
    if found is None or found[1].startswith(_BOOKLAND) or not found[1].isascii():
        return None
    number = found[1]
    if number.startswith(_PERIODICAL):
        return Barcode(number, "periodical")
    return Barcode(number, "product") if int(number[:3]) in _MADE_IN_CHINA or ean.is_valid(number) else None
