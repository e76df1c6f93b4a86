"""Open Library, https://openlibrary.org/dev/docs/api/books. An unknown book is `{}`, and so is an error inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.book import BookFacts
from app.libs.http_client import HttpClient
from app.sources.json_client import ask, dicts, facts_or_none, first_books, isbn_of, mapping, names, names_isbn, texts
from app.sources.port import MOST_FOUND, Failure, SourceFailedError

_WORK_FIELDS = "key,title,author_name,isbn,cover_i,first_publish_year,publisher"
_COVER = "https://covers.openlibrary.org/b/id/{}-M.jpg?default=false"


class OpenLibrary:
    """Asks for up to 25 books at once, the most that the service wants in one question."""

    name = "open_library"
    batch_size = 25

    def __init__(self, client: HttpClient, base_url: str) -> None:
        self._client = client
        self._url = base_url.rstrip("/")

    def find_many(self, isbns: Sequence[str], *, seconds: float) -> Mapping[str, BookFacts]:
        """Return what Open Library knows of these ISBN-13; see `Source`."""
        keys = {f"ISBN:{isbn13}": isbn13 for isbn13 in isbns[: self.batch_size]}
        params = {"bibkeys": ",".join(keys), "jscmd": "data", "format": "json"}
        reply = ask(self._client, f"{self._url}/api/books", seconds=seconds, params=params)
        if reply.status != 200 or not reply.data.keys() <= keys.keys():
            raise SourceFailedError(Failure.MALFORMED, "not a list of books")
        found = ((keys[key], self._facts(keys[key], mapping(entry))) for key, entry in reply.data.items())
        return {isbn13: facts for isbn13, facts in found if facts is not None}

    def search(self, words: str, *, seconds: float) -> Sequence[BookFacts]:
        """Return the works that Open Library finds, each as one of its editions; see `Source`."""
        params = {"q": words, "fields": _WORK_FIELDS, "limit": str(MOST_FOUND), "page": "1"}
        reply = ask(self._client, f"{self._url}/search.json", seconds=seconds, params=params)
        if reply.status != 200 or not isinstance(reply.data.get("docs"), list):
            raise SourceFailedError(Failure.MALFORMED, "not a list of works")
        return first_books(map(self._edition, dicts(reply.data["docs"])), MOST_FOUND)

    def _edition(self, work: dict[str, Any]) -> BookFacts | None:
        """Return an edition of a work. What is said of the work alone (its first year, all its publishers) is left out."""
        picture = work.get("cover_i")
        fields = {
            "isbn13": isbn_of(texts(work.get("isbn")), str(work.get("title"))),
            "title": work.get("title"),
            "authors": texts(work.get("author_name")),
            "cover": _COVER.format(picture) if isinstance(picture, int) and picture > 0 else "",
        }
        return facts_or_none(fields, source=self.name)

    def _facts(self, isbn13: str, entry: dict[str, Any]) -> BookFacts | None:
        identifiers = mapping(entry.get("identifiers"))
        stated = [*texts(identifiers.get("isbn_13")), *texts(identifiers.get("isbn_10"))]
        if stated and not names_isbn(stated, isbn13):
            return None
        covers = mapping(entry.get("cover"))
        fields = {
            **entry,
            "isbn13": isbn13,
            "authors": names(entry.get("authors")),
            "publisher": next(iter(names(entry.get("publishers"))), ""),
            "pubdate": entry.get("publish_date"),
            "pages": entry.get("number_of_pages"),
            "subjects": names(entry.get("subjects")),
            "cover": covers.get("large") or covers.get("medium"),
        }
        return facts_or_none({name: fields.get(name) for name in _FIELDS}, source=self.name)


#: What is taken over; anything else in the answer is not ours to keep.
_FIELDS = ("isbn13", "title", "subtitle", "authors", "publisher", "pubdate", "pages", "subjects", "cover")
