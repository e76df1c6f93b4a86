"""domain: what a cell says, without what spreadsheets and web pages wrap around it."""

from __future__ import annotations

import html
import re

from app.domain.characters import cleaned

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
