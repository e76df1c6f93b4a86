"""Google Books, https://developers.google.com/books/docs/v1/using. Wants a key; may answer with another book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.book import BookFacts
from app.libs.http_client import HttpClient
from app.sources.json_client import ask, dicts, facts_or_none, first_books, isbn_of, mapping, names, names_isbn
from app.sources.port import MOST_FOUND, Failure, SourceFailedError


class GoogleBooks:
    """Asks for one book at a time."""

    name = "google_books"
    batch_size = 1

    def __init__(self, client: HttpClient, base_url: str, *, key: str) -> None:
        self._client = client
        self._url = f"{base_url.rstrip('/')}/volumes"
        self._key = key

    def find_many(self, isbns: Sequence[str], *, seconds: float) -> Mapping[str, BookFacts]:
        """Return what Google Books knows of the first of these ISBN-13; see `Source`."""
        isbn13 = isbns[0]
        volumes = self._volumes(f"isbn:{isbn13}", most=40, seconds=seconds)
        found = (self._facts(isbn13, volume) for volume in volumes if names_isbn(_numbers(volume), isbn13))
        return {facts.isbn13: facts for facts in found if facts is not None}

    def search(self, words: str, *, seconds: float) -> Sequence[BookFacts]:
        """Return the volumes with an ISBN that Google Books finds; see `Source`."""
        volumes = self._volumes(words, most=MOST_FOUND, seconds=seconds)
        found = (self._facts(isbn_of(_numbers(volume), str(volume.get("title"))), volume) for volume in volumes)
        return first_books(found, MOST_FOUND)

    def _volumes(self, q: str, *, most: int, seconds: float) -> list[dict[str, Any]]:
        params = {"q": q, "key": self._key, "maxResults": str(most), "startIndex": "0", "country": "US"}
        reply = ask(self._client, self._url, seconds=seconds, params=params)
        if reply.status != 200 or not ("items" in reply.data or reply.data.get("totalItems") == 0):
            raise SourceFailedError(Failure.MALFORMED, "not a list of volumes")
        return [mapping(item.get("volumeInfo")) for item in dicts(reply.data.get("items"))]

    def _facts(self, isbn13: str, volume: dict[str, Any]) -> BookFacts | None:
        fields = {
            "isbn13": isbn13,
            "title": volume.get("title"),
            "subtitle": volume.get("subtitle"),
            "authors": volume.get("authors"),
            "publisher": volume.get("publisher"),
            "pubdate": volume.get("publishedDate"),
            "pages": volume.get("pageCount") or "",
            "language": volume.get("language"),
            "subjects": volume.get("categories"),
            "summary": volume.get("description"),
            "cover": mapping(volume.get("imageLinks")).get("thumbnail"),
        }
        return facts_or_none(fields, source=self.name)


def _numbers(volume: dict[str, Any]) -> list[str]:
    return names(volume.get("industryIdentifiers"), "identifier")
