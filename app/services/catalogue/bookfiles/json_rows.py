"""JSON, an object with the book's columns on each line, or in an array of any size."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from app.domain.book_entry import NotABookEntry
from app.domain.cells import is_isbn_column
from app.services.catalogue.bookfiles.csv_rows import FACTS, field_of
from app.services.catalogue.bookfiles.rows import LONGEST_ROW, FileNumbers, FileRow, Rejected, RowTooLong, accept
from app.services.catalogue.bookfiles.streams import FileDamaged

_BETWEEN = re.compile(r"[\s,]*")
_NEXT_OBJECT = re.compile(r"\}\s*,\s*(?=\{)")
_ISBN, _STATED, _UNKNOWN = "an ISBN", "an ISBN of this book", ""


class NotJson(NotABookEntry):
    """The line is not a JSON object."""

    zh = "这一行不是 JSON 对象"
    en = "not a JSON object"


def _not_given(_constant: str) -> None:
    """Read NaN and Infinity, which JSON does not have, as null."""


_DECODER = json.JSONDecoder(parse_float=str, parse_constant=_not_given)


def json_object(text: str) -> dict[str, Any]:
    """Parse one JSON object; NaN and Infinity count as not given, and a number with a point stays as it is written.

    :raises NotJson: for anything else, nesting without end included.
    """
    try:
        value = _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise NotJson from None
    if not isinstance(value, dict):
        raise NotJson
    return value


class JsonRows:
    """The rows of a JSON file: `texts` are its lines, or the elements of its array."""

    header: tuple[str, ...] = ("json",)

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = texts
        self._kinds: dict[str, str] = {}

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names in the rows read so far that are not used."""
        return tuple(name for name, kind in self._kinds.items() if kind == _UNKNOWN)

    def rows(self, *, skip: int = 0, source: str = "file") -> Iterator[FileRow]:
        """Return each row after the first `skip`; blank lines are no rows."""
        filled = (text for text in self._texts if not text.isspace())
        for number, text in enumerate(filled, start=1):
            if number > skip:
                yield self._row(number, text.strip(), source)

    def _row(self, number: int, text: str, source: str) -> FileRow:
        if len(text) > LONGEST_ROW:
            return Rejected(number, RowTooLong(limit=LONGEST_ROW), ())
        try:
            said = json_object(text)
        except NotJson as reason:
            return Rejected(number, reason, (text,))
        fields: dict[str, Any] = {}
        numbers = FileNumbers([], [])
        for name, value in said.items():
            kind = self._kinds.get(name)
            kind = self._learn(name) if kind is None else kind
            if value is None or value in ("", [], {}):
                continue
            if kind in {_ISBN, _STATED}:
                numbers.cells.extend(found := list(_numbers(value)))
                numbers.stated.extend(found if kind == _STATED else ())
            elif kind:
                fields.setdefault(kind, value)
        return accept(number, fields, numbers, lambda: (text,), source=source)

    def _learn(self, name: str) -> str:
        if is_isbn_column(name):
            kind = _STATED if "isbn" in name.lower() else _ISBN
        else:
            kind = field if (field := field_of(name)) in FACTS else _UNKNOWN
        self._kinds[name] = kind
        return kind


def array_elements(pieces: Iterator[str]) -> Iterator[str]:
    """Return the text of each element of an array that comes in pieces, in bounded memory.

    What is no JSON ends where the next object begins.

    :raises FileDamaged: when the array is not closed, or something follows it.
    """
    text = next(pieces, "").lstrip().removeprefix("[")
    at = 0
    while True:
        at = _skipped(text, at)
        end = _end(text, at)
        while end is None and len(text) - at <= LONGEST_ROW and (piece := next(pieces, "")):
            text = text[at:] + piece
            at = _skipped(text, 0)
            end = _end(text, at)
        if end is None and text.startswith("]", at):
            break
        if at == len(text):
            raise FileDamaged(detail="the JSON array is not closed")
        end = end or _end_of_broken(text, at)
        yield text[at:end]
        at = end
    if text[at + 1 :].strip() or any(piece.strip() for piece in pieces):
        raise FileDamaged(detail="something follows the JSON array")


def _skipped(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def _end(text: str, at: int) -> int | None:
    """Return where the element that begins here ends, or None where it is broken or goes on."""
    try:
        return _DECODER.raw_decode(text, at)[1]
    except (ValueError, RecursionError):
        return None


def _end_of_broken(text: str, at: int) -> int:
    found = _NEXT_OBJECT.search(text, at + 1)
    return found.start() + 1 if found else len(text)


def _numbers(value: object) -> Iterator[str]:
    """Return what stands where an ISBN may: of an object only what is named so."""
    if isinstance(value, list):
        for each in value:
            yield from _numbers(each) if not isinstance(each, list) else ()
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _numbers(each) if is_isbn_column(name) and not isinstance(each, dict) else ()
    elif isinstance(value, (str, int)) and not isinstance(value, bool):
        yield str(value)
