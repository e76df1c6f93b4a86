"""What a search gives to a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from app.domain.isbn import Barcode
from app.search.index.port import NONE, Count
from app.search.query_parser import Field

if TYPE_CHECKING:
    from app.queries.book import BookRow


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of the list that opens while typing; `isbn13` when it names one book."""

    text: str
    kind: Literal["title", "author", "word"]
    isbn13: str | None = None


@dataclass(frozen=True, slots=True)
class Understanding:
    """How the query was read, when not as plain words: `said` was typed, `shown` is what it was taken for.

    Of kind "also" it was read as plain words, too, which few books answer. With `fields` these are what was understood.
    """

    kind: Literal["isbn", "pinyin", "initials", "typo", "also", "fields"]
    said: str
    shown: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class IsbnReading:
    """A number in the query that looks like an ISBN.

    `isbn13` is canonical when the check digit holds; else it is None and `nearest` are books whose number is one edit away.
    """

    said: str
    isbn13: str | None
    nearest: tuple[BookRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """One page of results. `page` counts from 1; `total` is an estimate unless `total_is_exact`.

    `barcode` is a number that was typed and is no book's, `is_shortened` says that it is one in exponent form. `clipped` says that only the beginning of a long text was read.
    For the filters: `languages` are (BCP 47 group, number of hits), `gifts` is how many of the books can be had, `language` and
    `offered` are what is chosen. `capped` says that paging ends before the results do.
    `grouped` says that of the best ranked books a work has one row, `merged` how many have no row of their own for that; `editions`
    are how many the catalogue has of a row's work, by `work_id`.
    """

    text: str
    page: int
    pages: int
    per_page: int
    total: int
    total_is_exact: bool
    rows: tuple[BookRow, ...]
    understood: Understanding | None = None
    did_you_mean: str | None = None
    isbn: IsbnReading | None = None
    barcode: Barcode | None = None
    is_shortened: bool = False
    clipped: bool = False
    languages: tuple[tuple[str, Count], ...] = ()
    language: str | None = None
    gifts: Count = NONE
    offered: bool = False
    exact: bool = False
    capped: bool = False
    grouped: bool = False
    merged: int = 0
    editions: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Window:
    """The results from an offset on. `total` is how many can be paged to: all there are, an estimate of it, or the most."""

    rows: tuple[BookRow, ...]
    total: int
    total_is: Literal["exact", "estimate", "capped"]
