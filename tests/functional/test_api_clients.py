"""Clients of /v2, written as the published programs are, against a live server: keys indexed directly, addresses by formatting."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket
import urllib.request
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from tests.support.api_shelf import SANTI, fill
from tests.support.apps import close, make_app
from tests.support.live import LiveSite


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    folder = tmp_path_factory.mktemp("live") / "data"
    shutil.copytree(sqlite_template, folder)
    app = make_app(folder)
    fill(app)
    close(app)
    with LiveSite(folder, TRUSTED_HOSTS="yushu.example") as live:
        yield live


class Http:
    """The course's own helper."""

    @staticmethod
    def get(url: str, return_json: bool = True) -> Any:
        r = requests.get(url, headers={"User-Agent": "python-requests/2.18.4", "Connection": "close"}, timeout=60)
        if r.status_code != 200:
            return {} if return_json else ""
        return r.json() if return_json else r.text


class YuShuBook:
    """The course's client, as hundreds of repositories hold it."""

    per_page = 15

    def __init__(self, base: str) -> None:
        self.isbn_url = base + "/v2/book/isbn/{}"
        self.keyword_url = base + "/v2/book/search?q={}&count={}&start={}"
        self.total = 0
        self.books: list[dict[str, Any]] = []

    def search_by_isbn(self, isbn: str) -> None:
        data = Http.get(self.isbn_url.format(isbn))
        if data:
            self.total = 1
            self.books.append(data)

    def search_by_keyword(self, keyword: str, page: int = 1) -> None:
        data = Http.get(self.keyword_url.format(keyword, self.per_page, self.per_page * (page - 1)))
        self.total = data["total"]
        self.books = data["books"]


class BookViewModel:
    """The course's view of a book."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.title = data["title"]
        self.publisher = data["publisher"]
        self.author = "、".join(data["author"])
        self.image = data["image"]
        self.price = "￥" + data["price"] if data["price"] else data["price"]
        self.summary = data["summary"]
        self.isbn = data["isbn"]
        self.pages = data["pages"]
        self.pubdate = data["pubdate"]
        self.binding = data["binding"]
        self.intro = " / ".join(part for part in (self.author, self.publisher, self.price) if part)


@pytest.mark.parametrize("isbn", [SANTI, "978-7-5366-9293-0", "7536692935", "7-5366-9293-5"])
def test_the_courses_client_finds_a_book_by_isbn(site: LiveSite, isbn: str) -> None:
    found = YuShuBook(site.url)
    found.search_by_isbn(isbn)
    book = BookViewModel(found.books[0])
    assert (found.total, book.title, book.isbn) == (1, "三体", SANTI)
    assert book.intro == "刘慈欣 / 重庆出版社 / ￥CNY 23.00"
    assert book.summary.split("\\n") == ["文化大革命如火如荼进行的同时。", "军方探寻外星文明。"]


def test_the_courses_client_takes_an_unknown_book_for_none(site: LiveSite) -> None:
    found = YuShuBook(site.url)
    found.search_by_isbn("9787020024759")
    assert (found.total, found.books) == (0, [])


def test_the_courses_client_pages_through_a_search(site: LiveSite) -> None:
    found = YuShuBook(site.url)
    found.search_by_keyword("红楼梦")
    seen = [book["isbn"] for book in found.books]
    pages = -(-found.total // found.per_page)
    for page in range(2, pages + 1):
        found.search_by_keyword("红楼梦", page)
        seen += [BookViewModel(book).isbn for book in found.books]
    assert len(seen) == len(set(seen)) == found.total == 137


def test_the_courses_client_takes_nothing_found_for_an_empty_list(site: LiveSite) -> None:
    found = YuShuBook(site.url)
    found.search_by_keyword("没有这样的书名")
    assert (found.total, found.books) == (0, [])


@pytest.mark.parametrize(
    ("typed", "title"), [("C++", "C++ Primer"), ("C++ Primer", "C++ Primer"), ("C%23", "C# in Depth")]
)
def test_signs_that_nobody_escapes_still_find_the_book(site: LiveSite, typed: str, title: str) -> None:
    found = YuShuBook(site.url)
    found.search_by_keyword(typed)
    assert title in [book["title"] for book in found.books]


def test_what_stands_behind_a_number_sign_never_leaves_the_program_and_is_not_missed(site: LiveSite) -> None:
    found = YuShuBook(site.url)
    found.search_by_keyword("红楼梦#")
    assert (found.total, len(found.books)) == (137, 20)
    found.search_by_keyword("C#")
    assert found.total == len(found.books)
    assert {"C# in Depth", "C++ Primer"} <= {book["title"] for book in found.books}, "all that arrives is a C"


def test_a_program_that_forgets_an_ampersand_gets_its_books(site: LiveSite) -> None:
    data = Http.get(f"{site.url}/v2/book/search?q={{}}&count={{}}start={{}}".format("红楼梦", 15, 0))
    assert len(data["books"]) == 15


def test_a_mini_program_opens_the_detail_of_a_found_book_by_its_number(site: LiveSite) -> None:
    found = Http.get(f"{site.url}/v2/book/search?q=%s&count=%s&start=%s&summary=%s" % ("三体", 20, 0, 1))
    short = found["books"][0]
    assert set(short) == {"id", "title", "author", "image", "isbn"}
    whole = Http.get(f"{site.url}/v2/book/id/%s" % short["id"])
    assert whole["title"] == short["title"]
    assert Http.get(f"{site.url}/v2/book/%d" % int(short["id"]))["isbn13"] == SANTI


def test_a_douban_program_reads_all_that_douban_gave(site: LiveSite) -> None:
    url = f"{site.url}/v2/book/isbn/:{SANTI}?apikey=0df993c66c0c636e29ecbb5344252a4a"
    book = json.loads(urllib.request.urlopen(url, timeout=60).read().decode("utf-8"))
    assert float(book["rating"]["average"]) == 0.0
    assert book["rating"]["max"] == 10
    assert [tag["name"] for tag in book["tags"]] == ["科幻", "小说"]
    assert int(book["pages"]) == 302
    assert book["images"]["large"].startswith(site.url)
    assert book["series"]["title"] == "中国科幻基石丛书"
    assert "{}/{}".format(book["isbn10"], book["isbn13"]) == f"7536692935/{SANTI}"
    assert book["author_intro"] + book["catalog"] + book["alt_title"] + book["origin_title"] == ""
    assert book["alt"].endswith(f"/book/{SANTI}/detail")


def test_a_douban_program_asks_for_some_fields(site: LiveSite) -> None:
    data = Http.get(f"{site.url}/v2/book/search?q=三体&fields=id,title,author,images&count=5")
    assert [set(book) for book in data["books"]] == [{"id", "title", "author", "images"}]


def test_a_page_loads_by_jsonp(site: LiveSite) -> None:
    name = "jQuery110206458773_1490000000000"
    text = Http.get(f"{site.url}/v2/book/search?q=三体&callback={name}&_=1490000000001", return_json=False)
    match = re.fullmatch(rf"{name}\((.*)\);", text, re.DOTALL)
    assert match is not None
    assert json.loads(match[1])["books"][0]["title"] == "三体"


def test_a_page_of_another_site_reads_it_with_fetch(site: LiveSite) -> None:
    r = requests.get(f"{site.url}/v2/book/isbn/{SANTI}", headers={"Origin": "https://reader.example"}, timeout=60)
    assert r.headers["Access-Control-Allow-Origin"] == "*"


def test_a_program_that_wants_an_error_reads_three_keys(site: LiveSite) -> None:
    r = requests.get(f"{site.url}/v2/book/isbn/9787020024759", timeout=60)
    data = r.json()
    assert (r.status_code, data["code"], data["msg"]) == (404, 6000, "book_not_found")
    assert data["request"] == "GET /v2/book/isbn/9787020024759"


@pytest.mark.parametrize("path", ["/v2/book/search/?q=三体", f"/v2/book/isbn/{SANTI}/"])
def test_a_slash_at_the_end_does_no_harm_and_redirects_nobody(site: LiveSite, path: str) -> None:
    r = requests.get(site.url + path, timeout=60, allow_redirects=False)
    assert r.status_code == 200


def test_a_slash_too_many_between_host_and_path_does_no_harm(site: LiveSite) -> None:
    r = requests.get(f"{site.url}//v2/book/isbn/{SANTI}", timeout=60, allow_redirects=False)
    assert (r.status_code, r.json()["title"]) == (200, "三体")


def test_a_program_that_posts_its_question_is_answered(site: LiveSite) -> None:
    r = requests.post(f"{site.url}/v2/book/search", data={"q": "三体", "count": 3, "apikey": "x"}, timeout=60)
    assert (r.status_code, r.json()["count"]) == (200, 1)
    chunked = requests.post(
        f"{site.url}/v2/book/search",
        data=iter([b"q=%E4%B8%89", b"%E4%BD%93"]),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        timeout=60,
    )
    assert chunked.json()["books"] == r.json()["books"]
    large = requests.post(f"{site.url}/v2/book/search", data={"q": "a" * 9000}, timeout=60)
    assert (large.status_code, large.json()["msg"]) == (413, "body_too_large")


def test_the_plugin_of_calibre_makes_text_of_an_id(site: LiveSite) -> None:
    """It joins the id with other texts, which fails on a number."""
    book = Http.get(f"{site.url}/v2/book/isbn/{SANTI}")
    assert ("douban:" + book["id"]).startswith("douban:1000")
    assert Http.get("/".join([site.url, "v2/book", book["id"]]))["isbn13"] == SANTI


def test_a_program_that_stored_an_id_of_a_dead_service_gets_no_other_book(site: LiveSite) -> None:
    for stored in ("1", "7", "2567698", "26873486"):
        r = requests.get(f"{site.url}/v2/book/{stored}", timeout=60)
        assert (r.status_code, r.json()["code"]) == (404, 6000)


def test_a_program_whose_service_is_gone_reaches_it_through_us_as_a_proxy(site: LiveSite) -> None:
    r = requests.get(f"http://t.yushu.im/v2/book/isbn/{SANTI}", proxies={"http": site.url}, timeout=60)
    assert r.json()["title"] == "三体"
    r = requests.get("http://api.douban.com/v2/book/search?q=三体", proxies={"http": site.url}, timeout=60)
    assert r.json()["books"][0]["image"].startswith(site.url)


def test_a_request_line_may_hold_the_whole_address(site: LiveSite) -> None:
    with socket.create_connection(("127.0.0.1", site.port), timeout=60) as line:
        line.sendall(f"GET http://t.yushu.im/v2/book/isbn/{SANTI} HTTP/1.0\r\nHost: t.yushu.im\r\n\r\n".encode())
        reply = b"".join(iter(lambda: line.recv(65536), b""))
    assert reply.split(b"\r\n", 1)[0].endswith(b"200 OK")
    assert json.loads(reply.partition(b"\r\n\r\n")[2])["title"] == "三体"


def test_the_trusted_hosts_of_the_site_do_not_bind_the_api(site: LiveSite) -> None:
    for host, status in (("t.yushu.im", 200), ("evil.example", 200)):
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        connection.request("GET", f"/v2/book/isbn/{SANTI}", headers={"Host": host})
        response = connection.getresponse()
        assert response.status == status
        assert b"evil" not in response.read()
        connection.close()


def test_an_old_program_sends_chinese_as_its_system_writes_it(site: LiveSite) -> None:
    data = Http.get(f"{site.url}/v2/book/search?q=%C8%FD%CC%E5&count=5")
    assert data["books"][0]["title"] == "三体"


def test_a_program_that_asks_again_and_again_is_told_that_nothing_changed(site: LiveSite) -> None:
    first = requests.get(f"{site.url}/v2/book/isbn/{SANTI}", timeout=60)
    again = requests.get(first.url, headers={"If-None-Match": first.headers["ETag"]}, timeout=60)
    assert (again.status_code, again.content) == (304, b"")


def test_a_program_shows_the_cover(site: LiveSite) -> None:
    book = Http.get(f"{site.url}/v2/book/isbn/{SANTI}")
    for address in (book["image"], *book["images"].values()):
        r = requests.get(address, headers={"Host": "yushu.example"}, timeout=60)
        assert r.headers["Content-Type"] == "image/jpeg"
        assert Image.open(BytesIO(r.content)).format == "JPEG"
