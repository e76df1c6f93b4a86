"""The book API: what each address answers; its own description as an OpenAPI 3.1 document among them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from werkzeug.routing import BaseConverter, Map, Rule

from app.api import problems
from app.api.bodies import BookBodies, row_id_of, series_title, tags_of, to_json
from app.api.parameters import Span, keys_of, search_of, span_of
from app.api.problems import ApiError
from app.domain.book_entry import ShortenedIsbn
from app.domain.isbn import canonical
from app.domain.isbn_candidates import is_shortened_alone
from app.queries.book import BookRow
from app.search.results import Window

_FILE = Path(__file__).with_name("openapi.json")


@cache
def document(site_url: str) -> dict[str, Any]:
    """Return the description of the API that is served at ``site_url``/v2."""
    described: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return described | {"servers": [{"url": f"{site_url}/v2"}]}


_BOOK_SECONDS, _SEARCH_SECONDS, _DOCUMENT_SECONDS = 300, 60, 3600
_READ, _ASK = ["GET"], ["GET", "POST"]


class _Digits(BaseConverter):
    """An id as addresses hold it: digits, behind a colon or not. Whether it is one of ours is the endpoint's to say."""

    regex = ":?[0-9]+"


ROUTES = Map(
    [
        Rule("/book/isbn/<isbn>", endpoint="by_isbn", methods=_ASK),
        Rule("/book/id/<said>", endpoint="by_id", methods=_ASK),
        Rule("/book/<digits:said>", endpoint="by_id", methods=_ASK),
        Rule("/book/search", endpoint="search", methods=_ASK),
        Rule("/book/<digits:said>/tags", endpoint="tags", methods=_READ),
        Rule("/book/<digits:said>/reviews", endpoint="reviews", methods=_READ),
        Rule("/book/<digits:said>/annotations", endpoint="annotations", methods=_READ),
        Rule("/book/series/<said>/books", endpoint="series", methods=_READ),
        Rule("/openapi.json", endpoint="openapi", methods=_READ),
    ],
    strict_slashes=False,
    merge_slashes=False,
    converters={"digits": _Digits},
)
QueryValues = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSources:
    """Where the answers come from.

    `find` may ask other sites; `search` is given words, start and count; `list_series` a title, start and count.
    """

    find: Callable[[str], BookRow | None]
    find_by_id: Callable[[int], BookRow | None]
    search: Callable[[str, int, int], Window]
    list_series: Callable[[str, int, int], Window]
    site_url: str


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """JSON, the seconds for which caches may keep it, and headers of its own."""

    text: str
    max_age: int
    headers: Mapping[str, str] = field(default_factory=dict)


class Endpoints:
    """One method for each endpoint of `ROUTES`.

    :raises ApiError: each of them, for a book that nobody knows and for parameters that are missing.
    """

    def __init__(self, sources: ApiSources) -> None:
        self._sources = sources
        self._bodies = BookBodies(sources.site_url)

    def answer(self, endpoint: str, query: QueryValues, values: Mapping[str, str]) -> ApiAnswer:
        """Answer what was asked at an endpoint."""
        handler: Callable[..., ApiAnswer] = getattr(self, endpoint)
        return handler(query, **values)

    def by_isbn(self, query: QueryValues, isbn: str) -> ApiAnswer:
        """Answer with the book of an ISBN."""
        said = isbn.removeprefix(":")
        isbn13 = canonical(said)
        if isbn13 is None and is_shortened_alone(said):
            raise ApiError(problems.BOOK_NOT_FOUND, detail=ShortenedIsbn(isbn=said).message("en"))
        book = self._sources.find(isbn13) if isbn13 else None
        return self._book(query, book)

    def by_id(self, query: QueryValues, said: str) -> ApiAnswer:
        """Answer with the book of an id."""
        return self._book(query, self._known(said))

    def search(self, query: QueryValues) -> ApiAnswer:
        """Answer with the books that words find."""
        asked = search_of(query)
        return self._books(query, asked.span, self._sources.search(asked.text, asked.span.start, asked.span.count))

    def series(self, query: QueryValues, said: str) -> ApiAnswer:
        """Answer with the books of a series; a series without books is none."""
        span, title = span_of(query), series_title(said)
        window = self._sources.list_series(title, span.start, span.count) if title else None
        if window is None or not window.total:
            raise ApiError(problems.SERIES_NOT_FOUND)
        return self._books(query, span, window)

    def tags(self, query: QueryValues, said: str) -> ApiAnswer:
        """Answer with the subjects of a book."""
        span, tags = span_of(query), tags_of(self._existing(said))
        shown = tags[span.start : span.start + span.count]
        return ApiAnswer(_listing("tags", map(to_json, shown), span, len(tags)), _BOOK_SECONDS)

    def reviews(self, query: QueryValues, said: str) -> ApiAnswer:
        """Answer with the reviews of a book: nobody writes reviews here."""
        return self._none_of("reviews", query, said)

    def annotations(self, query: QueryValues, said: str) -> ApiAnswer:
        """Answer with readers' notes on a book: nobody writes notes here."""
        return self._none_of("annotations", query, said)

    def openapi(self, _query: QueryValues) -> ApiAnswer:
        """Answer with the description of this API."""
        return ApiAnswer(to_json(document(self._sources.site_url)), _DOCUMENT_SECONDS)

    def _books(self, query: QueryValues, span: Span, window: Window) -> ApiAnswer:
        keys = keys_of(query)
        books = [self._bodies.of(book, keys) for book in window.rows]
        headers = {"X-Total-Is": window.total_is}
        return ApiAnswer(_listing("books", books, span, window.total), _SEARCH_SECONDS, headers)

    def _none_of(self, what: str, query: QueryValues, said: str) -> ApiAnswer:
        self._existing(said)
        return ApiAnswer(_listing(what, (), span_of(query), 0), _BOOK_SECONDS)

    def _book(self, query: QueryValues, book: BookRow | None) -> ApiAnswer:
        if book is None:
            raise ApiError(problems.BOOK_NOT_FOUND)
        return ApiAnswer(self._bodies.of(book, keys_of(query)), _BOOK_SECONDS)

    def _known(self, said: str) -> BookRow | None:
        row_id = row_id_of(said)
        return self._sources.find_by_id(row_id) if row_id else None

    def _existing(self, said: str) -> BookRow:
        book = self._known(said)
        if book is None:
            raise ApiError(problems.BOOK_NOT_FOUND)
        return book


def _listing(name: str, entries: Iterable[str], span: Span, total: int) -> str:
    """Write a list of what is JSON already. `count` is how many there are in it, as in Douban's answers."""
    shown = list(entries)
    return f'{{"count":{len(shown)},"start":{span.start},"total":{total},"{name}":[{",".join(shown)}]}}'
