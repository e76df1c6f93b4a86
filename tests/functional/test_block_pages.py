"""Blocks on the pages: one tap, a list, a way back; and that nobody can find out that they are blocked."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.domain.block import MetAt
from app.models.gift import Gift
from tests.support.apps import close, make_app
from tests.support.cities import SUZHOU, live_in, settle
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.exchange_pages import BY_POST, ask_for_book, offer_book
from tests.support.members import MadeMember, login, make_member
from tests.support.pages import PageClient, read
from tests.support.rows import list_rows

GIVEN, WISHED, THIRD = ISBNS[0], ISBNS[1], ISBNS[5]


def client_of(app: Flask, member: MadeMember) -> PageClient:
    client = PageClient(app)
    login(client.http, member)
    return client


@pytest.fixture
def giver(app: Flask, exchange: Exchange) -> PageClient:
    return client_of(app, make_member(app, "老舍"))


@pytest.fixture
def reader(app: Flask, exchange: Exchange) -> PageClient:
    client = client_of(app, make_member(app, "小满"))
    client.post(f"/gifts/book/{ISBNS[-2]}", on="/personal")
    return client


def test_one_tap_beside_a_book_leads_back_to_it_and_a_list_takes_it_back(
    exchange: Exchange, giver: PageClient, reader: PageClient, page: PageClient
) -> None:
    gift, book = offer_book(giver), f"/book/{GIVEN}/detail"
    (form,) = (form for form in reader.get(book).forms if form.get("action") == "/my/blocks")
    assert form["fields"]["gift"] == str(gift)
    assert reader.post("/my/blocks", form["fields"]).location == book
    shown = reader.get(book)
    assert "屏蔽了老舍" in shown.text
    assert "位书友在送" not in shown.text
    assert "1 位书友在送" in page.get(book).text, "a guest sees what there is"
    assert "屏蔽" not in page.get(book).text
    (undo,) = (form["action"] for form in reader.get("/my/blocks").forms if form.get("action", "").endswith("/end"))
    reader.post(undo, on="/personal")
    assert "1 位书友在送" in reader.get(book).text
    reader.post(undo, on="/personal")
    assert "你没有屏蔽这位书友" in reader.get("/my/blocks").text


def test_one_tap_beside_a_wish_and_none_beside_ones_own(
    exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    reader.post(f"/wish/book/{GIVEN}", on="/personal")
    book = f"/book/{GIVEN}/detail"
    assert not any(form.get("action") == "/my/blocks" for form in reader.get(book).forms)
    (form,) = (form for form in giver.get(book).forms if form.get("action") == "/my/blocks")
    giver.post("/my/blocks", form["fields"])
    assert "位书友想要" not in giver.get(book).text


def test_the_words_of_who_was_blocked_are_gone_from_a_drift_and_its_buttons_stay(
    exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    drift = f"/drift/{ask_for_book(reader, offer_book(giver))}"
    assert "留言：想读" in giver.get("/pending").text
    (form,) = (form for form in giver.get("/pending").forms if form.get("action") == "/my/blocks")
    assert giver.post("/my/blocks", form["fields"]).location == "/pending"
    mine = giver.get("/pending")
    assert "留言" not in mine.text
    assert "已屏蔽" in mine.text
    assert not any(field.get("name") == "reason" for field in mine.fields)
    assert {f"{drift}/address", f"{drift}/mailed", f"{drift}/reject"} <= {form.get("action") for form in mine.forms}
    giver.post(f"{drift}/reject", {"reason": "走开"}, on="/personal")
    assert "走开" not in reader.get("/pending").text


def test_a_reason_of_who_was_blocked_is_not_shown(exchange: Exchange, giver: PageClient, reader: PageClient) -> None:
    drift = ask_for_book(reader, offer_book(giver))
    reader.post("/my/blocks", {"drift": str(drift)}, on="/personal")
    giver.post(f"/drift/{drift}/reject", {"reason": "走开"}, on="/personal")
    assert "走开" not in reader.get("/pending").text
    assert "走开" in giver.get("/pending").text


@pytest.mark.parametrize(
    "fields", [{}, {"gift": "x"}, {"gift": "0"}, {"gift": str(2**70)}, {"member": "1"}, {"drift": "99"}]
)
def test_who_names_nobody_is_told_so(exchange: Exchange, reader: PageClient, fields: dict[str, str]) -> None:
    assert "没有找到这位书友" in reader.post("/my/blocks", fields, on="/personal", status=404).text


def test_a_tap_leads_nowhere_else(exchange: Exchange, giver: PageClient, reader: PageClient) -> None:
    gift = offer_book(giver)
    fields = {"gift": str(gift), "next": "https://evil.example/"}
    assert reader.post("/my/blocks", fields, on="/personal").location == "/my/blocks"


def test_the_export_holds_whom_one_blocked_and_not_by_whom_one_is(
    exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    reader.post("/my/blocks", {"gift": str(offer_book(giver))}, on="/personal")
    assert [row["nickname"] for row in exported(reader)["blocks"]] == ["老舍"]
    assert exported(giver)["blocks"] == []


def exported(client: PageClient) -> dict[str, list[dict[str, object]]]:
    with zipfile.ZipFile(io.BytesIO(client.http.get("/personal/export").data)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".json")]
        return {name.removesuffix(".json"): json.loads(archive.read(name)) for name in names}


class Scene:
    """A site on which 老舍 gives and wishes, 小满 wishes and gives the same books, and another gives and wishes them, too."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.exchange = Exchange(app)
            self.giver, self.reader, other = (make_member(app, name) for name in ("老舍", "小满", "巴金"))
            settle(self.exchange, SUZHOU)
            for member in (self.giver, self.reader):
                live_in(self.exchange, member.id, SUZHOU)
            for member in (self.giver, self.reader):
                self.exchange.offer(member.id, ISBNS[-1])
            self.exchange.wishes.wish_for(self.reader.id, GIVEN)
            self.exchange.offer(self.reader.id, WISHED)
            self.exchange.offer(other.id, GIVEN)
            self.exchange.wishes.wish_for(other.id, WISHED)
            self.asked = self.exchange.offer(self.giver.id, THIRD)
            self.drift = self.exchange.drifts.request(self.reader.id, self.asked, AT_HOME)
            self.gift = self.exchange.offer(self.giver.id, GIVEN)
            self.wish = self.exchange.wishes.wish_for(self.giver.id, WISHED)
            (self.old_gift,) = (gift.id for gift in list_rows(Gift, user_id=self.giver.id, isbn13=ISBNS[-1]))
        self.browser = client_of(app, self.reader)

    def block(self) -> None:
        """Let the giver block the reader."""
        with self.app.app_context():
            self.exchange.container.exchange.blocks.block(self.giver.id, MetAt.DRIFT, self.drift)

    def vanish(self) -> None:
        """Let the giver take back all that can be seen of them, but the drift."""
        with self.app.app_context():
            self.exchange.gifts.withdraw(self.giver.id, self.gift)
            self.exchange.gifts.withdraw(self.giver.id, self.old_gift)
            self.exchange.wishes.withdraw(self.giver.id, WISHED)

    def look(self, path: str, **headers: str) -> tuple[object, ...]:
        """Return all that the reader can tell of a page."""
        return told(self.browser.http.get(path, headers=headers))

    def send(self, path: str, fields: dict[str, str]) -> tuple[object, ...]:
        """Return all that the reader can tell of the answer to a form, and of the page after it."""
        forms = read(self.browser.http.get("/personal").text).forms
        token = next(form["fields"]["csrf_token"] for form in forms if "csrf_token" in form["fields"])
        answer = self.browser.http.post(path, data={"csrf_token": token, **fields})
        return told(answer), self.look("/pending")


def told(answer: object) -> tuple[object, ...]:
    """Return status, way on, headers and text of an answer, without what differs each time."""
    page = read(answer.text)  # type: ignore[attr-defined]  # a TestResponse
    headers = {
        name: value
        for name, value in answer.headers  # type: ignore[attr-defined]
        if name not in {"X-Request-ID", "Server-Timing", "Set-Cookie", "Content-Length", "Date"}
    }
    text = re.sub(r"在架上等人\d+", "", " ".join(page.text.split()))  # the site's number, the same for all
    buttons = [(form.get("action"), sorted(form["fields"])) for form in page.forms]
    return answer.status_code, headers, text, page.links, buttons  # type: ignore[attr-defined]


@pytest.fixture
def make_scene(sqlite_template: Path, tmp_path: Path) -> Iterator[Callable[[], Scene]]:
    """Yield what makes a new site with the same story, each on its own data."""
    apps: list[Flask] = []

    def make() -> Scene:
        folder = tmp_path / str(len(apps))
        shutil.copytree(sqlite_template, folder)
        apps.append(make_app(folder, RATELIMIT_ENABLED="0"))
        return Scene(apps[-1])

    yield make
    for app in apps:
        close(app)


def test_who_is_blocked_cannot_tell_it_from_there_being_nothing_of_the_other(make_scene: Callable[[], Scene]) -> None:
    blocked, vanished = make_scene(), make_scene()
    blocked.block()
    vanished.vanish()
    gift, wish = blocked.gift, blocked.wish
    pages = [
        "/", "/browse", "/near", "/near?same=1", "/author/刘慈欣?near=1", "/city/苏州", f"/book/{GIVEN}/detail", f"/book/{WISHED}/detail", f"/book/{THIRD}/detail", "/my/wish", "/my/gifts",
        f"/drift/{gift}", "/pending", "/notices", "/my/mail", "/my/beans", "/my/blocks", "/personal",
    ]  # fmt: skip
    for path in pages:
        assert blocked.look(path) == vanished.look(path), path
    assert blocked.look(f"/drift/{gift}", Accept="application/json")[0] == 404
    acts = [
        (f"/drift/{gift}", BY_POST),
        (f"/drift/{gift}", {}),
        (f"/satisfy/wish/{wish}", {}),
        ("/my/blocks", {"gift": str(gift)}),
        ("/my/blocks", {"wish": str(wish)}),
        (f"/my/blocks/{blocked.giver.id}/end", {}),
        (f"/gifts/{gift}/resume", {}),
        (f"/drift/{blocked.asked}", BY_POST),
        (f"/drift/{blocked.drift}/withdraw", {}),
        ("/my/blocks", {"drift": str(blocked.drift)}),
    ]
    for path, fields in acts:
        assert blocked.send(path, fields) == vanished.send(path, fields), path
    ours, theirs = exported(blocked.browser), exported(vanished.browser)
    for of_this_site in ("marks", "sessions"):  # made with a key of the site's own, or by the clock on the wall
        ours.pop(of_this_site)
        theirs.pop(of_this_site)
    assert ours == theirs


def test_a_drift_tells_who_is_blocked_nothing_at_any_step(make_scene: Callable[[], Scene]) -> None:
    blocked, plain = make_scene(), make_scene()
    blocked.block()
    for scene in (blocked, plain):
        with scene.app.app_context():
            scene.exchange.drifts.open_address(scene.giver.id, scene.drift)
    for path in (f"/drift/{blocked.asked}", f"/book/{THIRD}/detail", "/pending", "/notices", "/my/beans", "/my/mail"):
        assert blocked.look(path) == plain.look(path), path
    steps = [("address", {}), ("withdraw", {}), ("received", {}), ("lost", {})]
    for step, fields in steps:
        path = f"/drift/{blocked.drift}/{step}"
        assert blocked.send(path, fields) == plain.send(path, fields), step
    for scene in (blocked, plain):
        with scene.app.app_context():
            scene.exchange.drifts.post(scene.giver.id, scene.drift, tracking="SF1")
    for step in ("delay", "received"):
        path = f"/drift/{blocked.drift}/{step}"
        assert blocked.send(path, {}) == plain.send(path, {}), step
    for path in ("/pending", "/notices", "/my/beans", "/my/mail"):
        assert blocked.look(path) == plain.look(path), path


def test_a_new_book_of_who_blocked_one_is_told_to_others_alone(make_scene: Callable[[], Scene]) -> None:
    blocked, silent = make_scene(), make_scene()
    blocked.block()
    silent.vanish()
    for scene in (blocked, silent):
        with scene.app.app_context():
            scene.exchange.wishes.wish_for(scene.reader.id, ISBNS[4])
    with blocked.app.app_context():
        blocked.exchange.offer(blocked.giver.id, ISBNS[4])
    for scene in (blocked, silent):
        with scene.app.app_context():
            scene.exchange.container.exchange.gift_announcements.run()
    assert blocked.look("/notices") == silent.look("/notices")
    assert blocked.look(f"/book/{ISBNS[4]}/detail") == silent.look(f"/book/{ISBNS[4]}/detail")
