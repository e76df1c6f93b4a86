"""domain: the ISBN of a table's row, in which of its columns it may stand, and how spreadsheets mangle it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import chain

from app.domain.isbn import TypedIsbn, find_isbn, is_valid
from app.domain.isbn_candidates import is_shortened

_ISBN_COLUMN = re.compile(
    r"isbn|书号|書號|條碼|条码|条形码|identifiers?|(?<![a-z])(?:ean|gtin|sbn)(?![a-z])", re.IGNORECASE
)
_PARTED = re.compile(r"[\s\-\u2010-\u2015]+|\.0+\Z")
#: Ten or thirteen digits as a spreadsheet writes a number with its thousands parted: 9,787,536,692,930.00.
_THOUSANDS = re.compile(r"(?P<whole>\d(?P<sign>[,.'’ ])\d{3}(?:(?P=sign)\d{3}){2,3})(?:[.,]0+)?")
_WITHOUT_ZEROS = re.compile(r"\d{7,8}[\dX]")


def is_isbn_column(name: str) -> bool:
    """Return whether a column of this name may hold a book's number: isbn, ean, 书号 or identifiers is in it."""
    return _ISBN_COLUMN.search(unicodedata.normalize("NFKC", name).replace("_", " ")) is not None


def isbn_columns(names: Sequence[str]) -> list[int]:
    """Return where the columns of a book's number stand, those of the thirteen digits first."""
    return sorted((at for at, name in enumerate(names) if is_isbn_column(name)), key=lambda at: "13" not in names[at])


def read_isbn_cell(cell: str) -> TypedIsbn | None:
    """Return the ISBN in a cell of such a column, or None.

    Eight or nine digits that have the right check digit with zeros in front are an ISBN-10 whose zeros a spreadsheet
    has dropped, or one of the nine-digit numbers that Britain used before. Parted thousands are put together.
    """
    if len(cell) == 13 and is_valid(cell):
        return TypedIsbn(cell, is_valid=True)
    found = find_isbn(cell)
    if found and found.is_valid:
        return found
    plain = unicodedata.normalize("NFKC", cell).strip()
    grouped = _THOUSANDS.fullmatch(plain)
    if grouped and is_valid(whole := re.sub(r"\D", "", grouped["whole"])):
        return TypedIsbn(whole, is_valid=True)
    bare = _PARTED.sub("", plain).upper()
    if _WITHOUT_ZEROS.fullmatch(bare) and is_valid(bare.zfill(10)):
        return TypedIsbn(bare.zfill(10), is_valid=True)
    return found


def first_isbn(cells: Iterable[str]) -> TypedIsbn | None:
    """Return the first valid ISBN of a row's cells; without one the first with a wrong check digit, or None."""
    cell = isbn_cell(cells)
    return read_isbn_cell(cell) if cell else None


def isbn_cell(cells: Iterable[str]) -> str:
    """Return the cell of a row that says the most of its number: the first valid one, a wrong one, one that was shortened."""
    others: list[str] = []
    wrong = ""
    for cell in filter(None, cells):
        found = read_isbn_cell(cell)
        if found and found.is_valid:
            return cell
        wrong = wrong or (cell if found else "")
        others.append(cell)
    return wrong or next(chain(filter(is_shortened, others), others), "")
