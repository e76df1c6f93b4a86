"""The book API on a shelf of three books: bodies, errors and quirks, to the letter."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from app.api.limit import Limit
from app.api.wsgi import Api, Parts
from app.domain.book import BookFacts
from app.libs.pool import PoolExhaustedError
from app.libs.rates import Rates
from app.queries.book import Book
from app.search.results import Window

SANTI = Book(
    7,
    1,
    1_700_000_000,
    BookFacts(
        isbn13="9787536692930",
        title="三体",
        subtitle="地球往事",
        authors=("刘慈欣",),
        translators=(),
        publisher="重庆出版社",
        pubdate="2008-01",
        pages="302",
        binding="平装",
        price="CNY 23.00",
        language="zh-CN",
        original_title="",
        series="中国科幻基石丛书",
        subjects=("科幻", "小说"),
        summary="第一段。\n第二段。",
    ),
)
FRENCH = Book(8, 3, 1_700_000_000, BookFacts(isbn13="9791032305690", title="L'Étranger </script>\u2028"))
CPP = Book(9, 1, 1_700_000_000, BookFacts(isbn13="9780321714114", title="C++ Primer", authors=("Lippman", "Lajoie")))
SHELF = (SANTI, FRENCH, CPP)
KEYS = {
    "author", "binding", "category", "id", "image", "images", "isbn", "isbn13", "isbn10", "pages", "price", "pubdate",
    "publisher", "subtitle", "summary", "title", "translator", "rating", "tags", "alt", "url", "origin_title", "alt_title",
    "author_intro", "catalog",
}  # fmt: skip


class Shelf:
    def __init__(self) -> None:
        self.searched: list[tuple[str, int, int]] = []
        self.breaks: Exception | None = None
        self.stamp = 0

    def find(self, isbn13: str) -> Book | None:
        if self.breaks:
            raise self.breaks
        return next((book for book in SHELF if book.facts.isbn13 == isbn13), None)

    def find_by_id(self, number: int) -> Book | None:
        return next((book for book in SHELF if book.id == number), None)

    def search(self, text: str, start: int, count: int) -> Window:
        self.searched.append((text, start, count))
        found = () if text == "没有" else SHELF
        return Window(found[start : start + count], len(found), "exact")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def client_of(shelf: Shelf, **settings: Any) -> Client:
    asked = {"LIMIT_API": "600 per minute", "RATELIMIT_STORAGE_URL": "memory://", "LIMIT_ADDRESS_FACTOR": 1} | settings
    parts = Parts(
        find=shelf.find,
        find_by_id=shelf.find_by_id,
        search=shelf.search,
        stamp=lambda: shelf.stamp,
        site_url="https://yushu.example",
        limit=Limit(Rates(asked["RATELIMIT_STORAGE_URL"]), asked["LIMIT_API"], asked["LIMIT_ADDRESS_FACTOR"]),
    )
    return Client(Api(parts))


@pytest.fixture
def api(shelf: Shelf) -> Client:
    return client_of(shelf)


def get(api: Client, path: str, **more: Any) -> TestResponse:
    """Ask as the dispatcher does: /v2 has become the script's name. A `?` in the path begins the raw query string."""
    path, _, query = path.partition("?")
    return api.open(path, query_string=query, base_url="http://evil.example/v2", **more)


def test_a_book_has_the_keys_of_both_families_and_never_null(api: Client) -> None:
    response = get(api, "/book/isbn/9787536692930")
    assert response.status_code == 200
    assert response.content_type == "application/json; charset=utf-8"
    assert response.json == {
        "author": ["刘慈欣"],
        "binding": "平装",
        "category": "科幻",
        "id": 7,
        "image": "https://yushu.example/cover/9787536692930-m.jpg",
        "images": {
            "small": "https://yushu.example/cover/9787536692930-s.jpg",
            "medium": "https://yushu.example/cover/9787536692930-m.jpg",
            "large": "https://yushu.example/cover/9787536692930-l.jpg",
        },
        "isbn": "9787536692930",
        "isbn13": "9787536692930",
        "isbn10": "7536692935",
        "pages": "302",
        "price": "CNY 23.00",
        "pubdate": "2008-01",
        "publisher": "重庆出版社",
        "subtitle": "地球往事",
        "summary": "第一段。\\n第二段。",
        "title": "三体",
        "translator": [],
        "rating": {"max": 10, "numRaters": 0, "average": "0.0", "min": 0},
        "tags": [{"count": 1, "name": "科幻", "title": "科幻"}, {"count": 1, "name": "小说", "title": "小说"}],
        "alt": "https://yushu.example/book/9787536692930/detail",
        "url": "https://yushu.example/v2/book/7",
        "origin_title": "",
        "alt_title": "",
        "author_intro": "",
        "catalog": "",
        "series": {"id": "", "title": "中国科幻基石丛书"},
    }


def test_what_is_unknown_is_empty_and_a_series_that_is_none_is_absent(api: Client) -> None:
    body = get(api, "/book/id/8").json
    assert body.keys() == KEYS
    assert None not in body.values()
    assert body["isbn10"] == ""
    assert body["pages"] == ""


@pytest.mark.parametrize(
    "path",
    [
        "/book/isbn/9787536692930",
        "/book/isbn/978-7-5366-9293-0",
        "/book/isbn/7536692935",
        "/book/isbn/7-5366-9293-5",
        "/book/isbn/9787536692930/",
        "/book/id/7",
        "/book/7",
        "/book/7/",
        "/book/7?apikey=0df993c66c0c636e29ecbb5344252a4a",
    ],
)
def test_a_book_has_many_addresses(api: Client, path: str) -> None:
    assert get(api, path).json["title"] == "三体"


@pytest.mark.parametrize(
    "path",
    [
        "/book/isbn/9787020024759",
        "/book/isbn/9787536692931",
        "/book/isbn/abc",
        "/book/id/99",
        "/book/99",
        "/book/id/abc",
        "/book/id/" + "9" * 30,
        "/book/id/-1",
        "/book/id/٧",
    ],
)
def test_an_unknown_book_is_said_in_three_keys(api: Client, path: str) -> None:
    response = get(api, path)
    assert response.status_code == 404
    assert response.json == {"msg": "book_not_found", "code": 6000, "request": f"GET /v2{path}"}


@pytest.mark.parametrize(
    "path", ["", "/", "/book", "/book/", "/movie/7", "/book/abc", "/book/7/tags", "/book//7", "/user/~me"]
)
def test_anything_else_is_an_unknown_address(api: Client, path: str) -> None:
    response = get(api, path)
    assert response.status_code == 404
    assert response.json == {"msg": "uri_not_found", "code": 1001, "request": f"GET /v2{path or '/'}"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_api_is_for_reading(api: Client, method: str) -> None:
    response = get(api, "/book/7", method=method)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert response.json == {"msg": "invalid_request_method", "code": 101, "request": f"{method} /v2/book/7"}


def test_a_search_says_how_many_there_are(api: Client, shelf: Shelf) -> None:
    response = get(api, "/book/search?q=%E4%B8%89%E4%BD%93&count=2&start=1")
    body = response.json
    assert list(body) == ["count", "start", "total", "books"]
    assert (body["count"], body["start"], body["total"]) == (2, 1, 3)
    assert [book["id"] for book in body["books"]] == [8, 9]
    assert body["books"][0].keys() == KEYS
    assert response.headers["X-Total-Is"] == "exact"
    assert shelf.searched == [("三体", 1, 2)]


def test_nothing_found_is_an_answer(api: Client) -> None:
    response = get(api, "/book/search?q=没有")
    assert response.status_code == 200
    assert response.json == {"count": 20, "start": 0, "total": 0, "books": []}


@pytest.mark.parametrize(
    ("query", "understood"),
    [
        ("q=a", ("a", 0, 20)),
        ("count=15&q=a", ("a", 0, 15)),
        ("start=40&count=15&q=a", ("a", 40, 15)),
        ("tag=a", ("a", 0, 20)),
        ("q=a&tag=b", ("a", 0, 20)),
        ("q=a&count=1000", ("a", 0, 100)),
        ("q=a&count=0", ("a", 0, 0)),
        ("q=a&count=-1", ("a", 0, 20)),
        ("q=a&count=", ("a", 0, 20)),
        ("q=a&count=many", ("a", 0, 20)),
        ("q=a&count=99999999999999999999", ("a", 0, 100)),
        ("q=a&count=15start=0", ("a", 0, 15)),
        ("q=a&start=", ("a", 0, 20)),
        ("q=C++", ("C++", 0, 20)),
        ("q=C%2B%2B&count=5", ("C++", 0, 5)),
        ("q=C++%20Primer", ("C++ Primer", 0, 20)),
        ("q=C+++Primer", ("C++ Primer", 0, 20)),
        ("q=C+Primer", ("C Primer", 0, 20)),
        ("q=C%20%20", ("C++", 0, 20)),
        ("q=C%20%20%20Primer&count=5", ("C++ Primer", 0, 5)),
        ("q=Vitamin%20C%20%20", ("Vitamin C  ", 0, 20)),
        ("q=C%23", ("C#", 0, 20)),
        ("q=%C8%FD%CC%E5", ("三体", 0, 20)),
        ("q=%", ("%", 0, 20)),
        ("q=" + "a" * 500, ("a" * 100, 0, 20)),
        ("q=a;b&q=c", ("a;b", 0, 20)),
    ],
)
def test_what_clients_really_send_is_understood(api: Client, shelf: Shelf, query: str, understood: Any) -> None:
    for path in ("/book/search", "/book/search/"):
        assert get(api, f"{path}?{query}").status_code == 200
        assert shelf.searched.pop() == understood


def test_an_answer_is_kept_while_the_catalogue_stays_the_same(api: Client, shelf: Shelf) -> None:
    packed = {"Accept-Encoding": "gzip"}
    first = [get(api, "/book/search?q=a"), get(api, "/book/search?q=a", headers=packed)]
    again = [get(api, "/book/search?q=a"), get(api, "/book/search?q=a", headers=packed)]
    assert [(old.data, list(old.headers)) for old in first] == [(new.data, list(new.headers)) for new in again]
    assert len(shelf.searched) == 2
    get(api, "/book/search?q=a&start=1")
    assert get(api, "/book/search?q=a", method="HEAD").data == b""
    assert get(api, "/book/search?q=a", headers={"If-None-Match": first[0].headers["ETag"]}).status_code == 304
    shelf.stamp += 1
    get(api, "/book/search?q=a")
    assert len(shelf.searched) == 6


def test_an_error_is_not_kept_and_a_kept_answer_counts_against_the_limit(shelf: Shelf) -> None:
    api = client_of(shelf, LIMIT_API="3 per minute")
    shelf.breaks = RuntimeError("once")
    path = "/book/isbn/9787536692930"
    assert get(api, path).status_code == 500
    shelf.breaks = None
    assert [get(api, path).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("query", "msg", "code"),
    [
        ("", "missing_args", 1002),
        ("q=", "missing_args", 1002),
        ("count=15", "missing_args", 1002),
        ("q=a&start=-1", "invalid_parameter: start", 1099),
        ("q=a&start=two", "invalid_parameter: start", 1099),
        ("q=a&start=" + "9" * 40, "invalid_parameter: start", 1099),
        ("q=a&callback=", "invalid_parameter: callback", 1099),
        ("q=a&callback=alert(1)//", "invalid_parameter: callback", 1099),
        ("q=a&callback=f%0A", "invalid_parameter: callback", 1099),
        ("q=a&callback=" + "f" * 51, "invalid_parameter: callback", 1099),
    ],
)
def test_a_bad_parameter_is_said_in_three_keys(api: Client, query: str, msg: str, code: int) -> None:
    response = get(api, f"/book/search?{query}")
    assert response.status_code == 400
    assert response.json == {"msg": msg, "code": code, "request": "GET /v2/book/search"}


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("fields=id,title", ["id", "title"]),
        ("fields=title,%20nonsense,id", ["title", "id"]),
        ("summary=1", ["id", "title", "author", "image", "isbn"]),
        ("summary=1&fields=isbn13", ["isbn13"]),
    ],
)
def test_a_client_may_want_some_keys_alone(api: Client, query: str, keys: list[str]) -> None:
    assert list(get(api, f"/book/7?{query}").json) == keys
    assert all(list(book) == keys for book in get(api, f"/book/search?q=a&{query}").json["books"])


@pytest.mark.parametrize("query", ["fields=all", "fields=", "fields=id,all", "summary=0", "summary="])
def test_or_all_of_them(api: Client, query: str) -> None:
    assert get(api, f"/book/8?{query}").json.keys() == KEYS


@pytest.mark.parametrize("name", ["f", "jQuery33106021_1500000000000", "_", "f" * 50])
def test_jsonp_is_a_call_of_the_named_function(api: Client, name: str) -> None:
    response = get(api, f"/book/8?callback={name}")
    assert response.content_type == "text/javascript; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    text = response.get_data(as_text=True)
    assert text.startswith(f"{name}({{")
    assert text.endswith("});")
    assert "\u2028" not in text
    assert json.loads(text[len(name) + 1 : -2])["title"] == FRENCH.facts.title


def test_a_known_answer_is_not_sent_again(api: Client) -> None:
    first = get(api, "/book/7")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    again = get(api, "/book/7", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert get(api, "/book/8", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_errors_are_not_kept(api: Client) -> None:
    response = get(api, "/book/99")
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


def test_a_large_answer_is_packed_for_who_can_unpack(api: Client) -> None:
    plain = get(api, "/book/search?q=a")
    packed = get(api, "/book/search?q=a", headers={"Accept-Encoding": "gzip, deflate"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert len(packed.data) < len(plain.data) / 2


def test_head_is_get_without_a_body(api: Client) -> None:
    head, whole = get(api, "/book/7", method="HEAD"), get(api, "/book/7")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.data))


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_any_page_may_read_the_api_and_no_origin_is_repeated(api: Client, method: str) -> None:
    response = get(api, "/book/7", method=method, headers={"Origin": "https://evil.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "evil" not in str(response.headers)


def test_a_browser_that_asks_first_may_read_and_no_more(api: Client) -> None:
    response = get(api, "/book/7", method="OPTIONS")
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_who_asks_too_often_is_told_when_to_come_back(shelf: Shelf) -> None:
    api = client_of(shelf, LIMIT_API="2 per minute")
    for _ in range(2):
        assert get(api, "/book/7").status_code == 200
    response = get(api, "/book/7")
    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert response.json == {"msg": "rate_limit_exceeded", "code": 112, "request": "GET /v2/book/7"}
    assert get(api, "/book/7", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 200


def test_when_the_shared_counts_are_away_this_process_counts_alone(shelf: Shelf) -> None:
    api = client_of(
        shelf, LIMIT_API="2 per minute", RATELIMIT_STORAGE_URL="redis://127.0.0.1:1/0?socket_connect_timeout=1"
    )
    assert [get(api, "/book/7").status_code for _ in range(3)] == [200, 200, 429]


def test_a_database_that_is_away_is_said_clearly(api: Client, shelf: Shelf) -> None:
    shelf.breaks = PoolExhaustedError("all out")
    response = get(api, "/book/isbn/9787536692930")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert response.json == {"msg": "service_unavailable", "code": 998, "request": "GET /v2/book/isbn/9787536692930"}


def test_our_own_mistakes_show_nothing_of_the_inside(api: Client, shelf: Shelf) -> None:
    shelf.breaks = RuntimeError("a secret of the inside")
    response = get(api, "/book/isbn/9787536692930")
    assert response.status_code == 500
    assert response.json == {"msg": "unknown_v2_error", "code": 999, "request": "GET /v2/book/isbn/9787536692930"}


def test_no_cookie_is_ever_set_or_read(api: Client) -> None:
    response = get(api, "/book/7", headers={"Cookie": "session=x"})
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers["Vary"]


def test_the_api_describes_itself(api: Client) -> None:
    document = get(api, "/openapi.json").json
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "https://yushu.example/v2"}]
    assert KEYS | {"series"} == document["components"]["schemas"]["Book"]["properties"].keys()
