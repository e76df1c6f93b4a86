"""What each source answers of one book, 三体, and of searches for it and for `MANY`; it knows nothing else."""

from __future__ import annotations

from typing import Any

from app.domain.book import BookFacts
from app.domain.isbn import to_isbn13

SANTI_ISBN = "9787536692930"
#: What every source below knows of it; each says more.
SANTI = BookFacts(
    isbn13=SANTI_ISBN, title="三体", authors=("刘慈欣",), publisher="重庆出版社", pubdate="2008-1", pages="302"
)
#: Words with more books than anybody wants of a source; the first of them comes twice.
MANY = "地球往事"
MANY_BOOKS = [
    BookFacts(isbn13=to_isbn13(f"75366{number:04d}0"), title=f"地球往事 {number}", authors=("刘慈欣",))
    for number in range(20)
]


def found_for(words: str) -> list[BookFacts]:
    """Return what a source finds for words, best first."""
    return {"三体": [SANTI], MANY: [MANY_BOOKS[0], *MANY_BOOKS]}.get(words, [])


def open_library(path: str, query: dict[str, str]) -> tuple[int, Any]:
    if path == "/search.json":
        works = [_work(facts, query.get("fields", "").split(",")) for facts in found_for(query["q"])]
        return 200, {"numFound": len(works), "start": 0, "docs": works[: int(query["limit"])]}
    if path != "/api/books" or query.get("jscmd") != "data" or query.get("format") != "json":
        return 404, {"error": "notfound"}
    wanted = query["bibkeys"].split(",")
    return 200, {key: open_library_entry() for key in wanted if key == f"ISBN:{SANTI_ISBN}"}


def open_library_entry() -> dict[str, Any]:
    return {
        "url": "https://openlibrary.org/books/OL26244142M/San_ti",
        "key": "/books/OL26244142M",
        "title": "三体",
        "authors": [{"url": "https://openlibrary.org/authors/OL7330012A", "name": "刘慈欣"}],
        "number_of_pages": 302,
        "identifiers": {"isbn_10": ["7536692935"], "isbn_13": [SANTI_ISBN], "openlibrary": ["OL26244142M"]},
        "publishers": [{"name": "重庆出版社"}],
        "publish_date": "2008-1",
        "subjects": [{"name": "Science fiction", "url": "https://openlibrary.org/subjects/science_fiction"}],
        "cover": {
            "small": "https://covers.openlibrary.org/b/id/8260431-S.jpg",
            "medium": "https://covers.openlibrary.org/b/id/8260431-M.jpg",
            "large": "https://covers.openlibrary.org/b/id/8260431-L.jpg",
        },
    }


def _work(facts: BookFacts, fields: list[str]) -> dict[str, Any]:
    """A work with all its editions; `isbn` comes only when it is named."""
    work = {
        "key": "/works/OL17267881W",
        "title": facts.title,
        "author_name": list(facts.authors),
        "isbn": ["0765377063", "9780765377067", facts.isbn13],
        "cover_i": 8260431,
        "first_publish_year": 2006,
        "publisher": ["Tor", "重庆出版社"],
    }
    return {name: value for name, value in work.items() if name in fields}


def google_books(path: str, query: dict[str, str]) -> tuple[int, Any]:
    if path != "/volumes" or not query.get("key"):
        return 429, {"error": {"code": 429, "message": "Quota exceeded"}}
    if query.get("q") != f"isbn:{SANTI_ISBN}":
        found = [_google_item(facts.isbn13, facts.title) for facts in found_for(query["q"])][: int(query["maxResults"])]
        return 200, {"kind": "books#volumes", "totalItems": len(found)} | ({"items": found} if found else {})
    return 200, {
        "kind": "books#volumes",
        "totalItems": 2,
        "items": [_google_item("9787229030933", "三体II"), _google_item(SANTI_ISBN, "三体")],
    }


def _google_item(isbn13: str, title: str) -> dict[str, Any]:
    return {
        "id": "volume",
        "volumeInfo": {
            "title": title,
            "authors": ["刘慈欣"],
            "publisher": "重庆出版社",
            "publishedDate": "2008-1",
            "description": "文化大革命如火如荼进行的同时……",
            "industryIdentifiers": [
                {"type": "OTHER", "identifier": "UOM:39015066"},
                {"type": "ISBN_13", "identifier": isbn13},
            ],
            "pageCount": 302,
            "printType": "BOOK",
            "categories": ["Fiction"],
            "imageLinks": {"thumbnail": "http://books.google.com/books/content?id=volume&img=1"},
            "language": "zh-CN",
        },
    }


def yushu(path: str, query: dict[str, str]) -> tuple[int, Any]:
    if path == "/v2/book/search":
        found = found_for(query["q"])
        books = [_v2_book(facts) for facts in found][: int(query["count"])]
        return 200, {"books": books, "count": int(query["count"]), "start": 0, "total": len(found)}
    if path != f"/v2/book/isbn/{SANTI_ISBN}":
        return 404, {"msg": "book_not_found", "code": 6000, "request": f"GET {path}"}
    return 200, _v2_book(SANTI)


def _v2_book(facts: BookFacts) -> dict[str, Any]:
    return {
        "author": ["刘慈欣"],
        "binding": "平装",
        "category": "小说",
        "id": 2567698,
        "image": "https://img1.doubanio.com/lpic/s2768378.jpg",
        "images": {"small": "", "medium": "", "large": "https://img1.doubanio.com/lpic/s2768378.jpg"},
        "isbn": facts.isbn13,
        "pages": "302",
        "price": "23.00",
        "pubdate": "2008-1",
        "publisher": "重庆出版社",
        "subtitle": "“地球往事”三部曲之一",
        "summary": "文化大革命如火如荼进行的同时。\\n军方探寻外星文明。",
        "title": facts.title,
        "translator": [],
    }


def of_another_book(body: Any) -> Any:
    """The same answer, about another edition of the book."""

    def answer(path: str, query: dict[str, str]) -> tuple[int, Any]:
        status, data = body(path, query)
        return status, _swap(data)

    return answer


def _swap(value: Any) -> Any:
    """Write another ISBN wherever a value (not a key) names this one."""
    if isinstance(value, dict):
        return {key: _swap(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_swap(entry) for entry in value]
    return (
        {SANTI_ISBN: "9787229030933", "7536692935": "7229030935"}.get(value, value) if isinstance(value, str) else value
    )


BODIES = {"open_library": open_library, "google_books": google_books, "yushu": yushu}
