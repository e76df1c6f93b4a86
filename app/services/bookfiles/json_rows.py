"""services: JSON lines, an object with the book's columns on each line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from app.domain.book_entry import NotABookEntry
from app.services.bookfiles.csv_rows import column_name
from app.services.bookfiles.rows import LONGEST_ROW, Rejected, Row, RowTooLong, accept


class NotJson(NotABookEntry):
    """The line is not a JSON object."""

    zh = "这一行不是 JSON 对象"
    en = "not a JSON object"


def json_object(text: str) -> dict[str, Any]:
    """Parse one JSON object.

    :raises NotJson: for anything else, nesting without end included.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise NotJson from None
    if not isinstance(value, dict):
        raise NotJson
    return value


class JsonRows:
    """The rows of a JSON lines file."""

    header: tuple[str, ...] = ("line",)

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def rows(self, *, skip: int = 0, source: str = "file") -> Iterator[Row]:
        """Give each row after the first `skip`; blank lines are no rows."""
        filled = (line for line in self._lines if line.strip())
        for number, line in enumerate(filled, start=1):
            if number > skip:
                yield _row(number, line.strip(), source)


def _row(number: int, line: str, source: str) -> Row:
    if len(line) > LONGEST_ROW:
        return Rejected(number, RowTooLong(limit=LONGEST_ROW), ())
    try:
        said = json_object(line)
    except NotJson as reason:
        return Rejected(number, reason, (line,))
    fields = {column_name(name): value for name, value in said.items()}
    return accept(number, fields, lambda: (line,), source=source)
