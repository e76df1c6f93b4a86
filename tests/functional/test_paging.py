"""The numbers of pages: a number behind the last page is a 404 on each page that has several, however many digits it has."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

import app as package
from tests.support.books import stock
from tests.support.members import login, make_member
from tests.support.pages import PageClient

PAGED = (
    "/book/search?q=三体",
    "/author/刘慈欣",
    "/browse/language/zh",
    "/browse/decade/2000",
    "/my/gifts",
    "/my/wish",
    "/my/beans",
    "/pending",
    "/notices",
    "/moderation",
    "/moderation/works",
    "/moderation/short-editions",
)
BEHIND = ("2", "9999", "100001", "1000001", "9" * 20, "0" * 30 + "7", "9" * 3000)


@pytest.fixture
def moderator(app: Flask) -> PageClient:
    stock(app)
    client = PageClient(app)
    login(client.http, make_member(app, "版主", role="moderator"))
    return client


@pytest.mark.parametrize("address", PAGED)
def test_every_number_behind_the_last_page_is_a_404(moderator: PageClient, address: str) -> None:
    with_page = address + ("&" if "?" in address else "?") + "page="
    statuses = {number[:24]: moderator.http.get(with_page + number).status_code for number in BEHIND}
    assert statuses == {number[:24]: 404 for number in BEHIND}
    assert moderator.http.get(with_page + "1").status_code == 200
    assert moderator.http.get(with_page + "01").status_code == 200


@pytest.mark.parametrize("address", PAGED[1:])
def test_what_is_no_number_of_a_page_gives_the_first(moderator: PageClient, address: str) -> None:
    said = ("", "0", "-1", "x", "²", "٣", "1.5", "1e9", "-" + "9" * 20)
    assert {number: moderator.http.get(f"{address}?page={number}").status_code for number in said} == dict.fromkeys(
        said, 200
    )


def test_a_list_that_a_member_brought_has_no_page_behind_its_last(moderator: PageClient) -> None:
    where = moderator.post(
        "/my/lists", {"text": "书名\n" + "".join(f"没有的书{number}\n" for number in range(60))}, on="/my/lists"
    ).location
    statuses = [moderator.http.get(f"{where}?page={number}").status_code for number in ("2", "3", "9" * 20)]
    assert statuses == [200, 404, 404]


def test_the_number_of_a_page_is_read_in_one_place() -> None:
    found = [
        str(path.relative_to(Path(package.__file__).parent))
        for path in Path(package.__file__).parent.rglob("*.py")
        if 'args.get("page"' in path.read_text()
    ]
    assert found == ["http/paging.py"]
