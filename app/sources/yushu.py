"""The book API that YuShu's course service and Douban's v2 spoke, and that every YuShu site speaks at /v2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from app.domain.book import BookFacts
from app.libs.http_client import HttpClient
from app.sources.json_client import ask, dicts, facts_or_none, first_books, isbn_of, mapping, names, names_isbn, texts
from app.sources.port import MOST_FOUND, Failure, SourceFailedError

#: Part of the address of the grey picture that Douban shows for a book without a cover.
_NO_COVER = "book-default"


class YuShu:
    """Asks for one book at a time. The base address is that of `/v2`; the host alone will do."""

    name = "yushu"
    batch_size = 1

    def __init__(self, client: HttpClient, base_url: str) -> None:
        self._client = client
        base_url = base_url.rstrip("/")
        self._url = base_url if urlsplit(base_url).path else f"{base_url}/v2"

    def find_many(self, isbns: Sequence[str], *, seconds: float) -> Mapping[str, BookFacts]:
        """Return what the other site knows of the first of these ISBN-13; see `Source`."""
        isbn13 = isbns[0]
        reply = ask(self._client, f"{self._url}/book/isbn/{isbn13}", seconds=seconds)
        if reply.status == 404 and "code" in reply.data:
            return {}
        stated = _numbers(reply.data)
        if reply.status != 200 or not stated:
            raise SourceFailedError(Failure.MALFORMED, "not a book")
        facts = self._facts(isbn13, reply.data) if names_isbn(stated, isbn13) else None
        return {isbn13: facts} if facts else {}

    def search(self, words: str, *, seconds: float) -> Sequence[BookFacts]:
        """Return the books that the other site finds; see `Source`."""
        params = {"q": words, "count": str(MOST_FOUND), "start": "0"}
        reply = ask(self._client, f"{self._url}/book/search", seconds=seconds, params=params)
        if reply.status != 200 or not isinstance(reply.data.get("books"), list):
            raise SourceFailedError(Failure.MALFORMED, "not a list of books")
        books = dicts(reply.data["books"])
        return first_books(
            (self._facts(isbn_of(_numbers(book), str(book.get("title"))), book) for book in books), MOST_FOUND
        )

    def _facts(self, isbn13: str, book: dict[str, Any]) -> BookFacts | None:
        fields = {
            "isbn13": isbn13,
            "title": book.get("title"),
            "subtitle": book.get("subtitle"),
            "authors": texts(book.get("author")),
            "translators": texts(book.get("translator")),
            "publisher": book.get("publisher"),
            "pubdate": book.get("pubdate"),
            "pages": book.get("pages"),
            "binding": book.get("binding"),
            "price": book.get("price"),
            "original_title": book.get("origin_title"),
            "series": mapping(book.get("series")).get("title"),
            "subjects": names(book.get("tags")) or texts(book.get("category")),
            "summary": _paragraphs(book.get("summary")),
            "cover": _cover(book),
        }
        return facts_or_none(fields, source=self.name)


def _numbers(book: dict[str, Any]) -> list[str]:
    return [number for key in ("isbn13", "isbn", "isbn10") for number in texts(book.get(key))]


def _paragraphs(summary: object) -> str:
    """Return real line breaks for the backslash and n that this API parts paragraphs with."""
    return summary.replace("\\n", "\n") if isinstance(summary, str) else ""


def _cover(book: dict[str, Any]) -> str:
    images = mapping(book.get("images"))
    picture = next(iter(texts([images.get("large"), book.get("image"), images.get("medium")])), "")
    return "" if _NO_COVER in picture else picture
