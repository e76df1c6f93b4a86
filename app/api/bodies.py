"""The book API: a book as its clients know it, with the keys of YuShu's course service and of Douban's v2 alike.

Nothing is ever null: what is unknown is "" or []. The services that this one replaces are dead, and programs have stored ids that they
gave out: small numbers. Ours begin after them, so that a stored id is an unknown book and never another one.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from app.domain.isbn import to_isbn10
from app.libs.caches import TwoGenerationCache
from app.queries.book import BookRow

#: What is added to the id of a row.
FIRST_ID = 100_000_000
_ID = re.compile(r":?([1-9][0-9]{8,17})", re.ASCII)


def book_id(row_id: int) -> str:
    """Return the text by which clients name the book of this row."""
    return str(FIRST_ID + row_id)


def row_id_of(said: str) -> int | None:
    """Return the row's id that a client means; None for what this service never gave out."""
    match = _ID.fullmatch(said)
    number = int(match[1]) - FIRST_ID if match else 0
    return number if number > 0 else None


def series_id(title: str) -> str:
    """Return the text by which clients name a series: its title in letters that every address may hold."""
    return urlsafe_b64encode(title.encode("utf-8", "surrogatepass")).rstrip(b"=").decode("ascii")


def series_title(said: str) -> str | None:
    """Return the title of the series that a client means; None for what is not a text of `series_id`."""
    said = said.removeprefix(":")
    try:
        title = urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode()
    except ValueError:
        return None
    return title if title and series_id(title) == said else None


#: What Douban sends for a book that nobody has rated.
_NO_RATING = {"max": 10, "numRaters": 0, "average": "0.0", "min": 0}
#: About five thousand books.
_CACHE_BYTES = 16 * 1024 * 1024
_OVERHEAD = 500

ALL_KEYS = frozenset(
    [
        "id",
        "isbn",
        "isbn10",
        "isbn13",
        "title",
        "subtitle",
        "origin_title",
        "alt_title",
        "author",
        "translator",
        "publisher",
        "pubdate",
        "pages",
        "price",
        "binding",
        "category",
        "image",
        "images",
        "summary",
        "author_intro",
        "catalog",
        "rating",
        "tags",
        "alt",
        "url",
        "series",
    ]
)
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
Keys = tuple[str, ...] | None
"""Which of `ALL_KEYS` a client wants of a book; None for all."""


def to_json(data: object) -> str:
    """Write JSON without spaces, characters as they are."""
    return _JSON.encode(data)


def tags_of(book: BookRow) -> list[dict[str, object]]:
    """Return a book's subjects as the tags of readers, which they stand for."""
    return [{"count": 1, "name": subject, "title": subject} for subject in book.facts.subjects]


class BookBodies:
    """Writes books as JSON. A book as it was at one version never changes, so it is written once and kept.

    Addresses begin with `site_url`, never with what a client says our name is.
    """

    def __init__(self, site_url: str) -> None:
        self._site_url = site_url
        self._written: TwoGenerationCache[tuple[int, int, Keys], str] = TwoGenerationCache(_CACHE_BYTES)

    def of(self, book: BookRow, keys: Keys) -> str:
        """Return the JSON object of a book; only those of `keys` that it has, if they are named."""
        name = (book.id, book.version, keys)
        written = self._written.get(name)
        if written is None:
            whole = self._whole(book)
            written = to_json(whole if keys is None else {key: whole[key] for key in keys if key in whole})
            self._written.put(name, written, len(written) * 2 + _OVERHEAD)
        return written

    def _whole(self, book: BookRow) -> dict[str, Any]:
        facts = book.facts
        picture = f"{self._site_url}/cover/{facts.isbn13}"
        body: dict[str, Any] = {
            "id": book_id(book.id),
            "isbn": facts.isbn13,
            "isbn10": to_isbn10(facts.isbn13),
            "isbn13": facts.isbn13,
            "title": facts.title,
            "subtitle": facts.subtitle,
            "origin_title": facts.original_title,
            "alt_title": "",
            "author": list(facts.authors),
            "translator": list(facts.translators),
            "publisher": facts.publisher,
            "pubdate": facts.pubdate,
            "pages": facts.pages,
            "price": facts.price,
            "binding": facts.binding,
            "category": facts.subjects[0] if facts.subjects else "",
            "image": f"{picture}-m.jpg",
            "images": {"small": f"{picture}-s.jpg", "medium": f"{picture}-m.jpg", "large": f"{picture}-l.jpg"},
            "summary": facts.summary.replace("\n", "\\n"),
            "author_intro": "",
            "catalog": "",
            "rating": _NO_RATING,
            "tags": tags_of(book),
            "alt": f"{self._site_url}/book/{facts.isbn13}/detail",
            "url": f"{self._site_url}/v2/book/{book_id(book.id)}",
        }
        if facts.series:
            body["series"] = {"id": series_id(facts.series), "title": facts.series}
        return body
