"""The book API on a shelf of three books: bodies, errors and quirks, to the letter."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from app.api.endpoints import ApiSources
from app.api.parameters import FORM
from app.api.wsgi import Api, Limit, Parts
from app.db.pool import PoolExhaustedError
from app.domain.book import BookFacts
from app.libs.rates import Rates
from app.queries.book import BookRow
from app.search.results import Window
from tests.support.api_shelf import BOOKS

SANTI = BookRow(7, 1, replace(BOOKS[0], summary="第一段。\n第二段。"))
FRENCH = BookRow(8, 3, BookFacts(isbn13="9791032305690", title="L'Étranger </script>\u2028"))
CPP = BookRow(9, 1, BookFacts(isbn13="9780321714114", title="C++ Primer", authors=("Lippman", "Lajoie")))
SERIES = "5Lit5Zu956eR5bm75Z-655-z5Lib5Lmm"
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

    def find(self, isbn13: str) -> BookRow | None:
        if self.breaks:
            raise self.breaks
        return next((book for book in SHELF if book.facts.isbn13 == isbn13), None)

    def find_by_id(self, number: int) -> BookRow | None:
        return next((book for book in SHELF if book.id == number), None)

    def search(self, text: str, start: int, count: int) -> Window:
        self.searched.append((text, start, count))
        found = () if text == "没有" else SHELF
        return Window(found[start : start + count], len(found), "exact")

    def list_series(self, title: str, start: int, count: int) -> Window:
        found = [book for book in SHELF if book.facts.series == title]
        return Window(tuple(found[start : start + count]), len(found), "exact")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def client_of(shelf: Shelf, **settings: Any) -> Client:
    asked = {"LIMIT_API": "600 per minute", "RATELIMIT_STORAGE_URL": "memory://", "LIMIT_ADDRESS_FACTOR": 1} | settings
    parts = Parts(
        sources=ApiSources(
            find=shelf.find,
            find_by_id=shelf.find_by_id,
            search=shelf.search,
            list_series=shelf.list_series,
            site_url="https://yushu.example",
        ),
        stamp=lambda: shelf.stamp,
        limit=Limit(Rates(asked["RATELIMIT_STORAGE_URL"]), asked["LIMIT_API"], asked["LIMIT_ADDRESS_FACTOR"]),
        ensure_ready=lambda: None,
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
        "id": "100000007",
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
        "url": "https://yushu.example/v2/book/100000007",
        "origin_title": "",
        "alt_title": "",
        "author_intro": "",
        "catalog": "",
        "series": {"id": SERIES, "title": "中国科幻基石丛书"},
    }


def test_what_is_unknown_is_empty_and_a_series_that_is_none_is_absent(api: Client) -> None:
    body = get(api, "/book/id/100000008").json
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
        "/book/id/100000007",
        "/book/100000007",
        "/book/100000007/",
        "/book/100000007?apikey=0df993c66c0c636e29ecbb5344252a4a",
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
        "/book/id/100000099",
        "/book/100000099",
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


@pytest.mark.parametrize("number", ["9787536692930E+12", "9.78754E+12", "9787536692930E0", ":9.78754E+12"])
def test_a_number_that_a_spreadsheet_shortened_is_an_unknown_book_with_the_way_out(api: Client, number: str) -> None:
    response = get(api, f"/book/isbn/{number}")
    assert response.status_code == 404
    assert response.json == {
        "msg": "book_not_found",
        "code": 6000,
        "request": f"GET /v2/book/isbn/{number}",
        "detail": f"a spreadsheet has shortened the ISBN to {number.removeprefix(':')}, and its last digits are lost: "
        "format the column as text and export it again",
    }


@pytest.mark.parametrize(
    "path",
    ["", "/", "/book", "/book/", "/movie/7", "/book/abc", "/book/100000007/tag", "/book//100000007", "/user/~me"],
)
def test_anything_else_is_an_unknown_address(api: Client, path: str) -> None:
    response = get(api, path)
    assert response.status_code == 404
    assert response.json == {"msg": "uri_not_found", "code": 1001, "request": f"GET /v2{path or '/'}"}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_the_api_is_for_reading(api: Client, method: str) -> None:
    response = get(api, "/book/100000007", method=method)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert response.json == {"msg": "invalid_request_method", "code": 101, "request": f"{method} /v2/book/100000007"}


def test_a_search_says_how_many_there_are(api: Client, shelf: Shelf) -> None:
    response = get(api, "/book/search?q=%E4%B8%89%E4%BD%93&count=50&start=1")
    body = response.json
    assert list(body) == ["count", "start", "total", "books"]
    assert (body["count"], body["start"], body["total"]) == (2, 1, 3)
    assert [book["id"] for book in body["books"]] == ["100000008", "100000009"]
    assert body["books"][0].keys() == KEYS
    assert response.headers["X-Total-Is"] == "exact"
    assert shelf.searched == [("三体", 1, 50)]


def test_nothing_found_is_an_answer(api: Client) -> None:
    response = get(api, "/book/search?q=没有")
    assert response.status_code == 200
    assert response.json == {"count": 0, "start": 0, "total": 0, "books": []}


@pytest.mark.parametrize(
    ("query", "understood"),
    [
        ("q=a", ("a", 0, 20)),
        ("count=15&q=a", ("a", 0, 15)),
        ("start=40&count=15&q=a", ("a", 40, 15)),
        ("tag=a", ("a", 0, 20)),
        ("q=a&tag=b", ("a", 0, 20)),
        ("q=a&count=1000", ("a", 0, 100)),
        ("q=a&count=0", ("a", 0, 20)),
        ("q=a&count=00", ("a", 0, 20)),
        ("q=a&count=null&start=null", ("a", 0, 20)),
        ("q=a&count=NaN&start=NaN", ("a", 0, 20)),
        ("q=a&start=-1", ("a", 0, 20)),
        ("q=a&start=two", ("a", 0, 20)),
        ("q=a&start=٣&count=٣", ("a", 0, 20)),
        ("q=a&start=" + "9" * 40, ("a", 999_999_999, 20)),
        ("q=a&count=15&start=30count=15", ("a", 30, 15)),
        ("q=a&callback=", ("a", 0, 20)),
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
    head = get(api, "/book/search?q=a", method="HEAD")
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(first[0].data)))
    assert get(api, "/book/search?q=a", headers={"If-None-Match": first[0].headers["ETag"]}).status_code == 304
    assert len(shelf.searched) == 3
    shelf.stamp += 1
    get(api, "/book/search?q=a")
    assert len(shelf.searched) == 4


def test_an_error_is_not_kept(api: Client, shelf: Shelf) -> None:
    path = "/book/isbn/9787536692930"
    shelf.breaks = RuntimeError("once")
    assert get(api, path).status_code == 500
    shelf.breaks = None
    assert get(api, path).status_code == 200


def test_answers_from_memory_do_not_count_and_misses_do(shelf: Shelf) -> None:
    api = client_of(shelf, LIMIT_API="3 per minute")
    seen = get(api, "/book/search?q=a")
    for _ in range(20):
        assert get(api, "/book/search?q=a").status_code == 200
        assert get(api, "/book/search?q=a", method="HEAD").status_code == 200
        assert get(api, "/book/search?q=a", headers={"If-None-Match": seen.headers["ETag"]}).status_code == 304
    assert [get(api, f"/book/search?q={word}").status_code for word in "bcd"] == [200, 200, 429]
    assert get(api, "/book/search?q=a").status_code == 200


def test_twenty_visitors_of_a_clone_find_its_first_page_whole(shelf: Shelf) -> None:
    api = client_of(shelf)
    first_page = [f"/book/search?tag={number}&count=6" for number in range(30)]
    assert {get(api, path).status_code for _visitor in range(25) for path in first_page} == {200}


def test_many_behind_one_address_may_ask_as_much_as_so_many(shelf: Shelf) -> None:
    api = client_of(shelf, LIMIT_API="2 per minute", LIMIT_ADDRESS_FACTOR=3)
    assert [get(api, f"/book/search?q={word}").status_code for word in "abcdefg"] == [200] * 6 + [429]


def test_a_burst_of_misses_has_a_limit_of_its_own(shelf: Shelf) -> None:
    api = client_of(shelf, LIMIT_API="600 per hour; 40 per minute")
    codes = [get(api, f"/book/search?q={number}").status_code for number in range(50)]
    assert codes == [200] * 40 + [429] * 10


def test_a_post_is_answered_like_a_get_and_kept_by_nobody(api: Client, shelf: Shelf) -> None:
    for path, form in (
        ("/book/search", "q=三体&count=50"),
        ("/book/search?q=三体", "count=50&q=other"),
        ("/book/isbn/9787536692930", "fields=id,title"),
        ("/book/100000007", "apikey=0df993c66c0c636e29ecbb5344252a4a"),
        ("/book/id/100000007", ""),
        ("/book/search/", "q=C++&summary=1"),
    ):
        for _ in range(2):
            posted = get(api, path, method="POST", data=form.encode(), content_type=FORM)
            joined = "&".join(filter(None, (path.partition("?")[2], form)))
            asked = get(api, f"{path.partition('?')[0]}?{joined}")
            assert posted.status_code == asked.status_code == 200
            assert posted.data == asked.data
            assert posted.headers["Cache-Control"] == "no-store"
            assert "ETag" not in posted.headers
    assert shelf.searched.count(("三体", 0, 50)) == 4 + 2
    assert get(api, "/book/search", method="POST", data=b"q=%C8%FD%CC%E5", content_type=FORM).status_code == 200
    assert shelf.searched[-1][0] == "三体"


def test_a_post_without_a_kind_of_body_is_taken_for_a_form(api: Client, shelf: Shelf) -> None:
    assert get(api, "/book/search", method="POST", data=b"q=a").status_code == 200
    assert get(api, "/book/search?q=b", method="POST", content_type="application/json").status_code == 200
    assert [words for words, _start, _count in shelf.searched] == ["a", "b"]


@pytest.mark.parametrize(
    ("body", "kind", "status", "msg"),
    [
        (b"q=" + b"a" * 8190, FORM, 200, None),
        (b"q=" + b"a" * 8191, FORM, 413, "body_too_large"),
        (b'{"q": "a"}', "application/json", 415, "body_not_urlencoded"),
        (b"--x--", "multipart/form-data; boundary=x", 415, "body_not_urlencoded"),
        (b"", FORM, 400, "missing_args"),
    ],
)
def test_a_post_that_cannot_be_read_is_said_clearly(
    api: Client, body: bytes, kind: str, status: int, msg: str | None
) -> None:
    response = get(api, "/book/search", method="POST", data=body, content_type=kind)
    assert response.status_code == status
    assert response.json.get("msg") == msg
    assert msg is None or response.json["request"] == "POST /v2/book/search"


@pytest.mark.parametrize("address", ["/book/100000007/tags", "/book/series/x/books", "/openapi.json"])
def test_what_nobody_posts_to_is_for_reading(api: Client, address: str) -> None:
    response = get(api, address, method="POST")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("said", ["7", "1", "100000000", "99999999", "0100000007", "+100000007", "100000007 "])
def test_ids_that_dead_services_gave_out_are_no_books_here(api: Client, said: str) -> None:
    assert get(api, f"/book/id/{said}").json["code"] == 6000
    assert get(api, f"/book/{said}").status_code == 404
    assert get(api, f"/book/{said}/tags").status_code == 404


@pytest.mark.parametrize("address", ["/book/:100000007", "/book/id/:100000007", "/book/isbn/:9787536692930"])
def test_a_colon_before_what_is_asked_for_does_no_harm(api: Client, address: str) -> None:
    assert get(api, address).json["title"] == "三体"


def test_a_series_is_named_by_a_text_and_lists_its_books(api: Client) -> None:
    named = get(api, "/book/100000007").json["series"]["id"]
    listed = get(api, f"/book/series/{named}/books?fields=id")
    assert listed.json == {"count": 1, "start": 0, "total": 1, "books": [{"id": "100000007"}]}
    assert get(api, f"/book/series/:{named}/books?start=1").json == {"count": 0, "start": 1, "total": 1, "books": []}


@pytest.mark.parametrize("said", ["7", "AAAA", "5Lit", "*", "%E4%B8%89", "gICA", SERIES + "=", SERIES + "A"])
def test_a_series_of_no_book_is_said_in_three_keys(api: Client, said: str) -> None:
    response = get(api, f"/book/series/{said}/books")
    assert (response.status_code, response.json["code"], response.json["msg"]) == (404, 6001, "series_not_found")


def test_tags_are_listed_and_what_nobody_writes_here_is_an_empty_list(api: Client) -> None:
    tags = get(api, "/book/100000007/tags?start=1&count=5").json
    assert tags == {"count": 1, "start": 1, "total": 2, "tags": [{"count": 1, "name": "小说", "title": "小说"}]}
    for what in ("reviews", "annotations"):
        assert get(api, f"/book/:100000008/{what}").json == {"count": 0, "start": 0, "total": 0, what: []}
        assert get(api, f"/book/100000099/{what}").json["code"] == 6000
    assert get(api, "/book/100000099/tags").json["code"] == 6000


@pytest.mark.parametrize(
    ("query", "msg", "code"),
    [
        ("", "missing_args", 1002),
        ("q=", "missing_args", 1002),
        ("count=15", "missing_args", 1002),
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
    assert list(get(api, f"/book/100000007?{query}").json) == keys
    assert all(list(book) == keys for book in get(api, f"/book/search?q=a&{query}").json["books"])


@pytest.mark.parametrize("query", ["fields=all", "fields=", "fields=id,all", "summary=0", "summary="])
def test_or_all_of_them(api: Client, query: str) -> None:
    assert get(api, f"/book/100000008?{query}").json.keys() == KEYS


@pytest.mark.parametrize("name", ["f", "jQuery33106021_1500000000000", "_", "f" * 50])
def test_jsonp_is_a_call_of_the_named_function(api: Client, name: str) -> None:
    response = get(api, f"/book/100000008?callback={name}")
    assert response.content_type == "text/javascript; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    text = response.get_data(as_text=True)
    assert text.startswith(f"{name}({{")
    assert text.endswith("});")
    assert "\u2028" not in text
    assert json.loads(text[len(name) + 1 : -2])["title"] == FRENCH.facts.title


def test_a_known_answer_is_not_sent_again(api: Client) -> None:
    first = get(api, "/book/100000007")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    again = get(api, "/book/100000007", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert get(api, "/book/100000008", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_errors_are_not_kept(api: Client) -> None:
    response = get(api, "/book/100000099")
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
    head, whole = get(api, "/book/100000007", method="HEAD"), get(api, "/book/100000007")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.data))


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_any_page_may_read_the_api_and_no_origin_is_repeated(api: Client, method: str) -> None:
    response = get(api, "/book/100000007", method=method, headers={"Origin": "https://evil.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "evil" not in str(response.headers)


def test_a_browser_that_asks_first_may_read_and_no_more(api: Client) -> None:
    response = get(api, "/book/100000007", method="OPTIONS")
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Methods"] == response.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    document = get(api, "/openapi.json", method="OPTIONS")
    assert document.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_who_asks_too_often_is_told_when_to_come_back(shelf: Shelf) -> None:
    api = client_of(shelf, LIMIT_API="2 per minute")
    for number in range(2):
        assert get(api, f"/book/100000007?_={number}").status_code == 200
    response = get(api, "/book/100000007?_=2")
    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert response.json == {"msg": "rate_limit_exceeded", "code": 112, "request": "GET /v2/book/100000007"}
    assert get(api, "/book/100000007?_=2", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 200


def test_when_the_shared_counts_are_away_this_process_counts_alone(shelf: Shelf) -> None:
    api = client_of(
        shelf, LIMIT_API="2 per minute", RATELIMIT_STORAGE_URL="redis://127.0.0.1:1/0?socket_connect_timeout=1"
    )
    assert [get(api, f"/book/100000007?_={number}").status_code for number in range(3)] == [200, 200, 429]


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
    response = get(api, "/book/100000007", headers={"Cookie": "session=x"})
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers["Vary"]


def test_the_api_describes_itself(api: Client) -> None:
    document = get(api, "/openapi.json").json
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "https://yushu.example/v2"}]
    assert KEYS | {"series"} == document["components"]["schemas"]["Book"]["properties"].keys()
