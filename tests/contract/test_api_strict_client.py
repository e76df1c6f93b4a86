"""Clients in Go, Swift and Java declare the type of every field and fail on any other: here is one, for each book that we ship."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar, get_args, get_origin, get_type_hints

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.book import BookFacts
from tests.golden.starter import load_starter
from tests.support.apps import close, make_app, migrate


class Struct:
    """A declared type. Fields of `OPTIONAL` may be absent, none may be null."""

    OPTIONAL: ClassVar[frozenset[str]] = frozenset()


@dataclass
class Images(Struct):
    small: str
    medium: str
    large: str


@dataclass
class Rating(Struct):
    max: int
    numRaters: int  # noqa: N815 - Douban's name
    average: str
    min: int


@dataclass
class Tag(Struct):
    count: int
    name: str
    title: str


@dataclass
class Series(Struct):
    id: str
    title: str


@dataclass
class Book(Struct):
    OPTIONAL: ClassVar[frozenset[str]] = frozenset({"series"})
    id: str
    isbn: str
    isbn10: str
    isbn13: str
    title: str
    subtitle: str
    origin_title: str
    alt_title: str
    author: list[str]
    translator: list[str]
    publisher: str
    pubdate: str
    pages: str
    price: str
    binding: str
    category: str
    image: str
    images: Images
    summary: str
    author_intro: str
    catalog: str
    rating: Rating
    tags: list[Tag]
    alt: str
    url: str
    series: Series


@dataclass
class Books(Struct):
    count: int
    start: int
    total: int
    books: list[Book]


@dataclass
class Tags(Struct):
    count: int
    start: int
    total: int
    tags: list[Tag]


@dataclass
class Reviews(Struct):
    count: int
    start: int
    total: int
    reviews: list[str]


@dataclass
class Annotations(Struct):
    count: int
    start: int
    total: int
    annotations: list[str]


@dataclass
class Problem(Struct):
    msg: str
    code: int
    request: str


@cache
def declared(kind: type[Struct]) -> dict[str, Any]:
    """Return the declared fields and their types."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}  # type: ignore[arg-type]


def decode(kind: Any, value: Any, at: str = "") -> Any:
    """Decode as a strict client does: every declared key, no other, each of its very type."""
    if get_origin(kind) is list:
        assert type(value) is list, f"{at} is {value!r}"
        return [decode(get_args(kind)[0], entry, f"{at}[]") for entry in value]
    if not issubclass(kind, Struct):
        assert type(value) is kind, f"{at} is {value!r}"
        return value
    assert type(value) is dict, f"{at} is {value!r}"
    types = declared(kind)
    names = types.keys()
    assert names - kind.OPTIONAL <= value.keys() <= names, f"{at}: {sorted(names ^ value.keys())}"
    found = {name: decode(types[name], value[name], f"{at}.{name}") if name in value else None for name in names}
    return kind(**found)


@pytest.mark.parametrize(
    ("kind", "value"),
    [(str, 7), (str, None), (int, "7"), (int, True), (int, 7.0), (list[str], None), (list[str], [None]), (Tag, {})],
)
def test_the_client_is_strict(kind: Any, value: Any) -> None:
    with pytest.raises(AssertionError):
        decode(kind, value)


@dataclass
class StrictClient:
    """The starter catalogue, and a client of it."""

    client: FlaskClient
    facts: list[BookFacts]

    def get(self, kind: Any, path: str, status: int = 200) -> Any:
        answer = self.client.get(path)
        assert answer.status_code == status, path
        return decode(kind, answer.json, path)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictClient]:
    app: Flask = make_app(tmp_path_factory.mktemp("starter"), LOG_LEVEL="error")
    migrate(app)
    yield StrictClient(app.test_client(), load_starter(app))
    close(app)


def test_every_book_of_the_starter_catalogue_is_what_a_strict_client_declares(client: StrictClient) -> None:
    ids: set[str] = set()
    for facts in client.facts:
        book: Book = client.get(Book, f"/v2/book/isbn/{facts.isbn13}")
        assert (book.isbn, book.isbn13, book.title) == (facts.isbn13, facts.isbn13, facts.title)
        assert (book.author, [tag.name for tag in book.tags]) == (list(facts.authors), list(facts.subjects))
        assert (book.series.title if book.series else "") == facts.series
        assert book.id.isascii()
        assert int(book.id) > 100_000_000
        ids.add(book.id)
    assert len(ids) == len(client.facts)


def test_lists_are_what_a_strict_client_declares(client: StrictClient) -> None:
    for facts in client.facts[::400]:
        found: Books = client.get(Books, f"/v2/book/search?q={facts.isbn13}")
        assert found.count == len(found.books) == 1
        book = found.books[0]
        assert client.get(Book, f"/v2/book/{book.id}") == book
        assert client.get(Tags, f"/v2/book/{book.id}/tags").tags == book.tags
        assert client.get(Reviews, f"/v2/book/{book.id}/reviews").reviews == []
        assert client.get(Annotations, f"/v2/book/{book.id}/annotations").annotations == []
        if book.series:
            same: Books = client.get(Books, f"/v2/book/series/{book.series.id}/books?count=100")
            assert book in same.books
            assert {one.series.title for one in same.books} == {facts.series}
            assert same.total == sum(one.series == facts.series for one in client.facts)


@pytest.mark.parametrize(
    "path", ["/v2/book/7", "/v2/book/isbn/9787501234561", "/v2/book/series/x/books", "/v2/nothing"]
)
def test_errors_are_what_a_strict_client_declares(client: StrictClient, path: str) -> None:
    assert client.get(Problem, path, 404).request == f"GET {path}"


def test_a_search_is_paged_by_the_number_that_came(client: StrictClient) -> None:
    """A client adds `count` to `start` until nothing comes."""
    seen: list[str] = []
    while (page := client.get(Books, f"/v2/book/search?q=村上春树&start={len(seen)}&count=30")).count:
        seen += [book.id for book in page.books]
    assert len(seen) == len(set(seen)) == page.total > 60
