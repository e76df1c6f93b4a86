"""The Open Library editions dump: `type, key, revision, last modified, JSON`, tab-separated.

Source: https://openlibrary.org/developers/dumps and https://openlibrary.org/type/edition. An edition names its
authors by key alone; their names stand in the authors dump, see author_names.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.domain.book import language_of_marc
from app.domain.book_entry import NotABookEntry
from app.services.catalogue.bookfiles.json_rows import NotJson, json_object
from app.services.catalogue.bookfiles.rows import (
    LONGEST_ROW,
    FileNumbers,
    FileRow,
    Rejected,
    RowTooLong,
    Skipped,
    accept,
)

SOURCE = "open_library"
COVER_ADDRESS = "https://covers.openlibrary.org/b/id/{id}-M.jpg"
#: Gives the names of authors by their keys ("/authors/OL1A"); an unknown key gives none.
AuthorNames = Callable[[Sequence[str]], Sequence[str]]

_COLUMNS = 5
_EDITION = "/type/edition"
_ROLE_IN_FRONT = re.compile(r"^(?:written |edited )?by ", re.IGNORECASE)
_TRANSLATOR = re.compile(r"transl", re.IGNORECASE)


class NotADumpRow(NotABookEntry):
    """The line has not the dump's five columns."""

    zh = "这一行不是 Open Library 导出的五列格式"
    en = "not the five tab-separated columns of an Open Library dump"


def no_author_names(keys: Sequence[str]) -> Sequence[str]:
    """Know no author; the edition's own by-line is used instead."""
    del keys
    return ()


class OpenLibraryRows:
    """The rows of an editions dump; rows of other types are skipped."""

    header: tuple[str, ...] = ("edition",)
    unknown: tuple[str, ...] = ()

    def __init__(self, lines: Iterator[str], author_names: AuthorNames = no_author_names) -> None:
        self._lines = lines
        self._author_names = author_names

    def rows(self, *, skip: int = 0, source: str = SOURCE) -> Iterator[FileRow]:
        """Yield each row after the first `skip`; blank lines are no rows."""
        filled = (line for line in self._lines if line.strip())
        for number, line in enumerate(filled, start=1):
            if number > skip:
                yield self._row(number, line.rstrip("\r\n"), source)

    def _row(self, number: int, line: str, source: str) -> FileRow:
        kind, *columns = line.split("\t", _COLUMNS - 1)
        if kind.startswith("/type/") and kind != _EDITION:
            return Skipped(number)
        if len(line) > LONGEST_ROW:
            return Rejected(number, RowTooLong(limit=LONGEST_ROW), ())
        if kind != _EDITION or len(columns) != _COLUMNS - 1:
            return Rejected(number, NotADumpRow(), (line,))
        try:
            edition = json_object(unquoted(columns[-1]))
        except NotJson as reason:
            return Rejected(number, reason, (line,))
        said = _numbers(edition)
        fields = edition_fields(edition, self._author_names)
        return accept(number, fields, FileNumbers(said, said), lambda: (line,), source=source)


def unquoted(column: str) -> str:
    """Undo what a program that takes the dump for CSV does to a column: quotes around it, and each of its own twice."""
    return column[1:-1].replace('""', '"') if column.startswith('"{') and column.endswith('}"') else column


def edition_fields(edition: Mapping[str, Any], author_names: AuthorNames = no_author_names) -> dict[str, Any]:
    """Name an edition's facts as BookFacts does."""
    return {
        "title": _title(edition),
        "subtitle": edition.get("subtitle"),
        "authors": _authors(edition, author_names),
        "translators": _contributors(edition, _TRANSLATOR),
        "publisher": _first(edition.get("publishers")),
        "pubdate": edition.get("publish_date"),
        "pages": edition.get("number_of_pages") or edition.get("pagination"),
        "binding": edition.get("physical_format"),
        "language": language_of_marc(_key(_first(edition.get("languages")))),
        "original_title": edition.get("translation_of"),
        "series": _first(edition.get("series")),
        "subjects": _list(edition.get("subjects")),
        "summary": _words(edition.get("description")),
        "cover": _cover(edition),
    }


def _numbers(edition: Mapping[str, Any]) -> list[str]:
    """Return the numbers that an edition states, those of 13 digits before those of 10."""
    return [str(number) for name in ("isbn_13", "isbn_10") for number in _list(edition.get(name))]


def _title(edition: Mapping[str, Any]) -> str:
    prefix, title = edition.get("title_prefix") or "", edition.get("title") or ""
    return f"{prefix.rstrip()} {title}" if isinstance(prefix, str) and prefix else str(title)


def _authors(edition: Mapping[str, Any], author_names: AuthorNames) -> Sequence[str]:
    keys = [key for author in _list(edition.get("authors")) if (key := _author_key(author))]
    names = author_names(keys)
    by_line = edition.get("by_statement")
    if names or not isinstance(by_line, str):
        return names
    return [_ROLE_IN_FRONT.sub("", by_line.split(";")[0]).strip(" .")]


def _author_key(author: object) -> str:
    """Return the key of {"key": …}, or of the later form {"author": {"key": …}, "type": …}."""
    return _key(author.get("author", author) if isinstance(author, dict) else author, whole=True)


def _contributors(edition: Mapping[str, Any], role: re.Pattern[str]) -> list[str]:
    people = [person for person in _list(edition.get("contributors")) if isinstance(person, dict)]
    return [str(person["name"]) for person in people if person.get("name") and role.search(str(person.get("role")))]


def _cover(edition: Mapping[str, Any]) -> str:
    numbers = [number for number in _list(edition.get("covers")) if isinstance(number, int) and number > 0]
    return COVER_ADDRESS.format(id=numbers[0]) if numbers else ""


def _words(value: object) -> object:
    """Unwrap a text, which the dump writes bare or as {"type": …, "value": …}."""
    return value.get("value") if isinstance(value, dict) else value


def _key(value: object, *, whole: bool = False) -> str:
    """Return the key of {"key": "/languages/chi"}: its last part, or the whole of it."""
    key = value.get("key") if isinstance(value, dict) else value
    if not isinstance(key, str):
        return ""
    return key if whole else key.rpartition("/")[2]


def _list(value: object) -> list[Any]:
    """Return a list; a lone text, as some records have it, is a list of one."""
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _first(value: object) -> Any:
    return next(iter(_list(value)), None)
