"""A member whose form is refused finds the way back to where they were, with the reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.container import Container
from tests.support.books import FIGHT_CLUB, SANTI, SANTI_TAIWAN, SOLEDAD, SOLITUDE
from tests.support.exchange import ISBNS, Exchange
from tests.support.exchange_pages import offer_book
from tests.support.members import login, make_member
from tests.support.pages import PageClient, read

BOOK = f"/book/{SANTI.isbn13}/detail"
HOME = "http://localhost"


@pytest.fixture
def reader(app: Flask, exchange: Exchange) -> PageClient:
    client = PageClient(app)
    login(client.http, make_member(app, "小满"))
    return client


def ways_on(
    client: PageClient, path: str, *, referrer: str = "", on: str = "/personal", status: int = 409
) -> list[str]:
    """Send an empty form that is refused, and return where the page leads, home aside."""
    headers = {"Referer": referrer} if referrer else {}
    page = client.post(path, on=on, status=status, headers=headers).text
    main = page.partition("<main")[2].partition("</main>")[0]
    return [link for link in read(main).links if link != "/"]


def test_a_refused_form_leads_back_to_the_page_it_was_sent_from(reader: PageClient) -> None:
    reader.post(f"/wish/book/{SANTI.isbn13}", on="/personal")
    again = f"/wish/book/{SANTI.isbn13}"
    shown = reader.post(again, on="/personal", status=409, headers={"Referer": f"{HOME}/my/wish?page=2"}).text
    assert "这本书已经在你的心愿里了" in shown
    assert ways_on(reader, again, referrer=f"{HOME}/my/wish?page=2") == ["/my/wish?page=2"]
    assert ways_on(reader, again, referrer=f"{HOME}/author/%E5%88%98%E6%85%88%E6%AC%A3") == [
        "/author/%E5%88%98%E6%85%88%E6%AC%A3"
    ]
    assert "回到刚才那一页" in shown


@pytest.mark.parametrize(
    "referrer",
    [
        "",
        "https://elsewhere.example/my/wish",
        f"{HOME}//elsewhere.example",
        f"{HOME}/wish/book/{SANTI.isbn13}",
        f"{HOME}/satisfy/wish/1",
        f"{HOME}/no/such/page",
        f"{HOME}/%5Celsewhere.example",
        "javascript:alert(1)",
        "http://[",
    ],
)
def test_where_the_browser_names_no_page_of_ours_it_leads_to_what_the_form_is_about(
    reader: PageClient, referrer: str
) -> None:
    reader.post(f"/wish/book/{SANTI.isbn13}", on="/personal")
    assert ways_on(reader, f"/wish/book/{SANTI.isbn13}", referrer=referrer) == [BOOK]


def test_every_form_of_the_exchange_and_of_lists_has_a_way_back(app: Flask, reader: PageClient) -> None:
    """Sent for what is not there, with nothing that tells where it came from."""
    asked = {}
    for rule in app.url_map.iter_rules():
        first = rule.rule.split("/")[1]
        if "POST" not in (rule.methods or ()) or first not in {"wish", "gifts", "drift", "satisfy", "my"}:
            continue
        if not rule.arguments or rule.arguments == {"isbn"}:
            continue
        path = rule.build(dict.fromkeys(rule.arguments, 9_999))
        assert path is not None
        answer = reader.post(path[1], on="/personal", status=answer_of(reader, path[1]))
        if answer.status_code >= 400:
            asked[path[1]] = "回到刚才那一页" in answer.text
    assert len(asked) > 10
    assert [path for path, leads_back in asked.items() if not leads_back] == []


def answer_of(client: PageClient, path: str) -> int:
    source = read(client.http.get("/personal").text)
    token = next(form["fields"]["csrf_token"] for form in source.forms if "csrf_token" in form["fields"])
    return client.http.post(path, data={"csrf_token": token}).status_code


def test_a_refused_request_leads_to_the_book(app: Flask, exchange: Exchange, reader: PageClient) -> None:
    gift = offer_book(reader, postage="giver", note="")
    form = f"/drift/{gift}"
    assert ways_on(reader, form, referrer=f"{HOME}{form}") == [f"/book/{ISBNS[0]}/detail"]


def test_a_form_kept_too_long_leads_back_to_a_fresh_one(reader: PageClient) -> None:
    answer = reader.http.post(f"/wish/book/{SANTI.isbn13}", headers={"Referer": f"{HOME}{BOOK}"})
    assert answer.status_code == 400
    assert BOOK in read(answer.text).links


def test_programs_are_answered_as_before_and_reading_has_no_way_back(reader: PageClient) -> None:
    headers = {"Referer": f"{HOME}/my/wish", "Accept": "application/json"}
    answer = reader.post(f"/wish/book/{SANTI.isbn13}/withdraw", on="/personal", status=404, headers=headers)
    assert set(answer.json["error"]) == {"status", "message", "request_id"}
    assert "回到刚才那一页" not in reader.http.get("/drift/9999", headers={"Referer": f"{HOME}/my/wish"}).text


@pytest.fixture
def box(app: Flask, exchange: Exchange) -> Iterator[Container]:
    with app.app_context():
        box = app.extensions["container"]
        box.catalogue.families.link_all()
        yield box


@pytest.mark.parametrize("made", [False, True])
def test_works_that_changed_are_shown_in_the_form_again(box: Container, reader: PageClient, made: bool) -> None:
    if made:
        reader.post(f"/wish/book/{SOLITUDE.isbn13}", on="/personal")
    path = "/wish/1/scope" if made else f"/wish/book/{SOLITUDE.isbn13}"
    stale = reader.post(
        path, {"scope": "any", "works": "1"}, on="/personal", status=409, headers={"Referer": f"{HOME}{path}"}
    )
    page = read(stale.text)
    assert "刚刚有了变化" in page.text
    assert page.headings == 1
    [form] = [form for form in page.forms if form.get("action") == path]
    assert form["fields"]["scope"] == "any"
    assert f"/book/{SOLEDAD.isbn13}/detail" in page.links
    reader.http.post(path, data=form["fields"])
    [wish] = box.exchange.listings.list_wishes(1, limit=9, offset=0)
    assert (wish.book.facts.isbn13, wish.scope) == (SOLITUDE.isbn13, "any")


def test_a_program_with_a_stale_form_is_told_so(box: Container, reader: PageClient) -> None:
    answer = reader.post(
        f"/wish/book/{SOLITUDE.isbn13}", {"scope": "any", "works": "1"}, on="/personal", status=409,
        headers={"Accept": "application/json"},
    )  # fmt: skip
    assert answer.json["error"]["status"] == 409


def test_a_form_for_any_language_of_a_book_in_one_leads_back_to_it(box: Container, reader: PageClient) -> None:
    answer = reader.post(
        f"/wish/book/{FIGHT_CLUB.isbn13}", {"scope": "any", "works": "999"}, on="/personal", status=409
    )
    assert f"/book/{FIGHT_CLUB.isbn13}/detail" in read(answer.text).links
    assert SANTI_TAIWAN.isbn13 not in answer.text
