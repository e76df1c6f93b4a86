"""The cells of a table: what one says without what spreadsheets wrap around it, and the ISBN of a row, however mangled."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import chain

from app.domain.characters import cleaned
from app.domain.isbn import TypedIsbn, find_isbn, is_valid
from app.domain.isbn_candidates import is_shortened

#: Signs with which a spreadsheet begins a calculation, in full width, too (ASVS 1.2.10); an apostrophe before them keeps a cell text.
FORMULA = "=+-@＝＋－＠\t\r\n"
_FORMULA_SIGNS = tuple(FORMULA)
_EXCEL_TEXT = re.compile(r'="(.*)"', re.DOTALL)
#: An HTML entity, which ends in a semicolon: "R&D" and "&copy of" are what somebody wrote.
ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]\w{1,31});", re.IGNORECASE)


def cell_text(cell: str) -> str:
    """Return what a cell says on one line, unwrapped, its HTML entities decoded, without what is no character."""
    return " ".join(cleaned(without_entities(unwrapped(cell))).split())


def guarded(value: str) -> str:
    """Return the cell of a value that no spreadsheet calculates; `unwrapped` undoes it, for a value that has an apostrophe itself, too."""
    return f"'{value}" if value.lstrip("'").startswith(_FORMULA_SIGNS) else value


def disarmed(cell: str) -> str:
    """Return a cell of somebody's file so that no spreadsheet calculates it: it says the same, however often this is done."""
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell


def unwrapped(cell: str) -> str:
    """Undo what spreadsheets do: ="0306406152", the apostrophe that keeps a cell text, and spaces around it."""
    text = cell.strip()
    if text.startswith("'") and text.lstrip("'").startswith(_FORMULA_SIGNS):
        text = text[1:]
    wrapped = _EXCEL_TEXT.fullmatch(text)
    return wrapped[1] if wrapped else text


def without_entities(text: str) -> str:
    """Decode the HTML entities of a text, once: Cat &amp; Mouse is Cat & Mouse."""
    return ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


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
