"""The book API: a book as its clients know it, with the keys of YuShu's course service and of Douban's v2 alike.

Nothing is ever null: what is unknown is "" or [].
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from app.domain.isbn import to_isbn10
from app.queries.book import Book

#: What Douban sends for a book that nobody has rated.
_NO_RATING = {"max": 10, "numRaters": 0, "average": "0.0", "min": 0}


def book_body(book: Book, *, site_url: str, keys: Collection[str] | None = None) -> dict[str, Any]:
    """Give the JSON object of a book; only those of `keys` that exist, if any are named.

    Addresses begin with `site_url`, never with what a client says our name is.
    """
    facts = book.facts
    picture = f"{site_url}/cover/{facts.isbn13}"
    body: dict[str, Any] = {
        "id": book.id,
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
        "tags": [{"count": 1, "name": subject, "title": subject} for subject in facts.subjects],
        "alt": f"{site_url}/book/{facts.isbn13}/detail",
        "url": f"{site_url}/v2/book/{book.id}",
    }
    if facts.series:
        body["series"] = {"id": "", "title": facts.series}
    return body if keys is None else {key: body[key] for key in keys if key in body}
