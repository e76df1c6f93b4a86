"""Security checks 6 to 8, 31 and 32: drifts, their ledger and their addresses, in the hands of everybody else."""

from __future__ import annotations

import io
import json
import sqlite3
import threading
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.domain.errors import Refusal
from app.extensions import db
from app.services.drifts import Ask, Recipient
from tests.conftest import close, make_app
from tests.exchange import AT_HOME, ISBNS, Exchange
from tests.members import TestMember, login, make_member
from tests.pages import PageClient
from tests.security.routes import address_of, contents, routes

CANARIES = {
    "recipient_name": "卢鹂鹂",
    "mobile": "13912345678",
    "address": "云南省大理市金丝雀路四十二号三单元",
    "message": "盼着读它好些年了",
}
TOUCHED = ("user_session", "sqlite_sequence", "search_change", "search_delta", "search_pointer", "periodic_job")
STEPS = ("reject", "withdraw", "mailed", "received", "lost", "returned", "delay", "address")
#: Who may take which step from which state; everything else must change nothing.
ALLOWED = {
    "waiting": {("giver", "reject"), ("giver", "mailed"), ("giver", "address"), ("reader", "withdraw"), ("reader", "address")},
    "mailed": {
        ("giver", "returned"), ("giver", "address"), ("reader", "received"), ("reader", "lost"), ("reader", "delay"), ("reader", "address"),
    },
    "received": set(),
    "rejected": set(),
}  # fmt: skip


class Scene:
    """A giver, a reader, a drift between them, and everybody else, each with a browser of their own."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.exchange = Exchange(app)
        self.container = app.extensions["container"]
        self.members: dict[str, TestMember] = {
            "giver": make_member(app, "老舍"),
            "reader": make_member(app, "小满"),
            "other": make_member(app, "路人"),
            "moderator": make_member(app, "版主", role="moderator"),
            "admin": make_member(app, "站长", role="admin"),
        }
        self.browsers = {"nobody": PageClient(app)}
        for role, member in self.members.items():
            self.browsers[role] = PageClient(app)
            login(self.browsers[role].http, member)
        with app.app_context():
            self.exchange.offer(self.members["reader"].id, ISBNS[-1])
            self.gift = self.exchange.offer(self.members["giver"].id)

    def request(self, ask: Ask = AT_HOME) -> int:
        with self.app.app_context():
            return self.exchange.drifts.request(self.members["reader"].id, self.gift, ask)

    def bring_to(self, state: str) -> int:
        drift = self.request()
        giver, reader = self.members["giver"].id, self.members["reader"].id
        with self.app.app_context():
            if state == "rejected":
                self.exchange.drifts.reject(giver, drift, reason="")
            if state in {"mailed", "received"}:
                self.exchange.drifts.post(giver, drift)
            if state == "received":
                self.exchange.drifts.receive(reader, drift)
        return drift

    def take(self, role: str, drift: int, step: str) -> int:
        """Send the POST of a step, with the role's own token, and give its status."""
        browser = self.browsers[role]
        token = token_of(browser)
        data = {"csrf_token": token, "reason": "这次不方便", "seen": "0"}
        return browser.http.post(f"/drift/{drift}/{step}", data=data).status_code

    def breaches(self) -> list[object]:
        with self.app.app_context():
            return self.exchange.breaches()


def token_of(browser: PageClient) -> str:
    """Give a CSRF token that is valid in this browser."""
    for path in ("/personal/profile", "/login"):
        for form in browser.get(path, follow=True).forms:
            if "csrf_token" in form["fields"]:
                return str(form["fields"]["csrf_token"])
    raise AssertionError("no form shows a token")


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene(app)


@pytest.mark.parametrize("state", ALLOWED)
def test_check_06_no_step_of_a_drift_is_skipped_replayed_or_taken_by_another(app: Flask, scene: Scene, state: str):
    drift = scene.bring_to(state)
    for role in ("nobody", "other", "moderator", "admin", "giver", "reader"):
        for step in STEPS:
            if (role, step) in ALLOWED[state]:
                continue
            before = contents(app, without=TOUCHED)
            status = scene.take(role, drift, step)
            assert contents(app, without=TOUCHED) == before, f"{role} {step}: {status}"
            if role == "nobody":
                assert status == 401, step
            elif role not in {"giver", "reader"}:
                assert status == 404, f"{role} {step}"
            else:  # the wrong party or state; a repeat of one's own act leads back to /pending
                assert status in {409, 303}, f"{role} {step}"
    assert scene.breaches() == []


@pytest.mark.parametrize("state", ["waiting", "mailed"])
def test_check_06_a_step_taken_twice_counts_once(app: Flask, state: str):
    for role, step in sorted(ALLOWED[state] - {("giver", "address"), ("reader", "delay")}):
        with fresh_scene(app) as scene:
            drift = scene.bring_to(state)
            assert scene.take(role, drift, step) in {200, 303}, step
            once = contents(scene.app, without=(*TOUCHED, "use_case"))
            scene.take(role, drift, step)
            assert contents(scene.app, without=(*TOUCHED, "use_case")) == once, f"{role} {step}"
            assert scene.breaches() == []


@contextmanager
def fresh_scene(app: Flask) -> Iterator[Scene]:
    """Give a scene on a copy of the app's empty database."""
    import shutil
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(app.config["DATA_DIR"] / "yushu.sqlite", Path(folder) / "yushu.sqlite")
        copy = make_app(Path(folder))
        yield Scene(copy)
        close(copy)


class Broken(Exception):
    """The database broke in mid-transaction."""


@contextmanager
def breaking_at(number: int) -> Iterator[Callable[[], bool]]:
    """Let the n-th statement that writes fail; gives a question whether there was one."""
    met = count(1)
    has_broken = False

    def look(_connection, _cursor, statement: str, _parameters, _context, _many) -> None:
        nonlocal has_broken
        if statement.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"} and next(met) == number:
            has_broken = True
            raise OperationalError(statement, {}, Broken("disk I/O error"))

    event.listen(db.engine, "before_cursor_execute", look)
    try:
        yield lambda: has_broken
    finally:
        event.remove(db.engine, "before_cursor_execute", look)


@pytest.mark.parametrize("act", ["offer", "request", "reject", "withdraw", "post", "receive", "lose", "take_back"])
def test_check_07_a_failure_in_mid_transaction_leaves_everything_as_it_was(app: Flask, scene: Scene, act: str):
    giver, reader, drifts = scene.members["giver"].id, scene.members["reader"].id, scene.exchange.drifts
    drift = (
        0
        if act in {"offer", "request"}
        else scene.bring_to("mailed" if act in {"receive", "lose", "take_back"} else "waiting")
    )
    scene.exchange.clock.advance(timedelta(days=20))
    acts: dict[str, Callable[[], object]] = {
        "offer": lambda: scene.exchange.offer(giver, ISBNS[1]),
        "request": lambda: drifts.request(reader, scene.gift, AT_HOME),
        "reject": lambda: drifts.reject(giver, drift, reason="不方便"),
        "withdraw": lambda: drifts.withdraw(reader, drift),
        "post": lambda: drifts.post(giver, drift),
        "receive": lambda: drifts.receive(reader, drift),
        "lose": lambda: drifts.claim_lost(reader, drift),
        "take_back": lambda: drifts.take_back(giver, drift),
    }
    before = contents(app)
    broken = 0
    with app.app_context():
        for number in count(1):
            with breaking_at(number) as has_broken:
                try:
                    acts[act]()
                except OperationalError:
                    assert contents(app) == before, f"statement {number}"
                    assert scene.exchange.breaches() == []
                    broken += 1
            if not has_broken():
                break
    assert broken >= 2
    assert contents(app) != before
    assert scene.breaches() == []


def test_check_08_of_two_requests_on_two_nodes_one_wins(any_database_url: str, data_dir: Path):
    nodes = [make_app(data_dir, any_database_url, POOL_WAIT_SECONDS="60") for _ in range(2)]
    with nodes[0].app_context():
        exchange = Exchange(nodes[0])
        giver = exchange.member("送书的人")
        readers = [exchange.rich(f"读者{number}") for number in range(8)]
        gifts = [exchange.offer(giver, isbn) for isbn in ISBNS[:3]]
    for gift in gifts:
        start = threading.Barrier(len(readers))

        def reach(place: int, gift: int = gift, start: threading.Barrier = start) -> int:
            node = nodes[place % 2]
            with node.app_context():
                start.wait()
                try:
                    return int(node.extensions["container"].drifts.request(readers[place], gift, AT_HOME))
                except Refusal:
                    return 0

        with ThreadPoolExecutor(len(readers)) as hands:
            won = [drift for drift in hands.map(reach, range(len(readers))) if drift]
        assert len(won) == 1
        with nodes[0].app_context():
            assert exchange.breaches() == []
            exchange.drifts.reject(giver, won[0], reason="")
    for node in nodes:
        close(node)


def canary_ask() -> Ask:
    recipient = Recipient(name=CANARIES["recipient_name"], mobile=CANARIES["mobile"], address=CANARIES["address"])
    return Ask(recipient=recipient, message=CANARIES["message"])


SECRET = [CANARIES["recipient_name"], CANARIES["mobile"], CANARIES["address"]]


def found_in(text: str) -> list[str]:
    """Give the canaries that a text holds, whichever way they are written there."""
    return [
        canary
        for canary in SECRET
        if canary in text or json.dumps(canary).strip('"') in text or canary.encode("unicode_escape").decode() in text
    ]


def everything_seen_by(scene: Scene, role: str, drift: int) -> Iterator[tuple[str, str]]:
    """Open everything there is, as one of the people."""
    browser = scene.browsers[role]
    for route in routes(scene.app, "GET"):
        names = [name for name in route.rule.arguments if name.endswith("_id")]
        path = address_of(scene.app, route.rule, **dict.fromkeys(names, drift))
        response = browser.http.get(path, buffered=True)
        if response.mimetype == "application/zip":
            with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
                yield path, "".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())
        else:
            yield (
                path,
                response.get_data(as_text=True) if response.mimetype.startswith(("text/", "application/")) else "",
            )
    token = token_of(browser)
    for step in ("address", "received", "nonsense"):
        response = browser.http.post(f"/drift/{drift}/{step}", data={"csrf_token": token})
        yield f"POST {step}", response.text


@pytest.mark.parametrize("state", ["waiting", "mailed"])
def test_check_32_an_address_is_seen_by_its_two_parties_alone(scene: Scene, state: str):
    drift = scene.request(canary_ask())
    if state == "mailed":
        with scene.app.app_context():
            scene.exchange.drifts.post(scene.members["giver"].id, drift)
    for role in ("nobody", "other", "moderator", "admin"):
        for path, text in everything_seen_by(scene, role, drift):
            assert found_in(text) == [], f"{role} {path}"
    giver, token = scene.browsers["giver"], token_of(scene.browsers["giver"])
    for path, text in everything_seen_by(scene, "giver", drift):
        assert not found_in(text) or path == "POST address", path
    opened = giver.http.post(f"/drift/{drift}/address", data={"csrf_token": token})
    assert found_in(opened.text) == SECRET
    assert opened.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("state", ["received", "rejected"])
def test_check_32_an_address_is_closed_when_the_drift_is(scene: Scene, state: str):
    drift = scene.bring_to(state)
    with scene.app.app_context():
        assert scene.exchange.state(drift) == state
    assert scene.take("giver", drift, "address") in {404, 409}


@contextmanager
def refusing_rows(app: Flask, table: str) -> Iterator[None]:
    """Let the database itself refuse every new row of a table, so that its error names what was to be written."""
    with closing(sqlite3.connect(app.config["DATA_DIR"] / "yushu.sqlite")) as raw:
        raw.execute(
            f"CREATE TRIGGER refuse BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no room for this row'); END"
        )
        try:
            yield
        finally:
            raw.execute("DROP TRIGGER refuse")


def test_check_32_no_mail_log_or_error_holds_an_address(data_dir: Path, capsys: pytest.CaptureFixture[str]):
    app = make_app(data_dir, LOG_LEVEL="debug", LOG_FORMAT="json")
    scene = Scene(app)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    reader, form = scene.browsers["reader"], {**CANARIES, "csrf_token": token_of(scene.browsers["reader"])}
    for table in ("drift", "drift_address", "bean_transfer", "notice", "outbox_mail"):
        with refusing_rows(app, table):
            broken = reader.http.post(f"/drift/{scene.gift}", data=form)
        assert broken.status_code >= 500, table
        assert found_in(broken.text) == []
    assert reader.http.post(f"/drift/{scene.gift}", data=form).status_code == 303
    with app.app_context():
        drift = int(str(scene.exchange.one("SELECT MAX(id) FROM drift")))
        scene.exchange.drifts.open_address(scene.members["giver"].id, drift)
        scene.exchange.drifts.post(scene.members["giver"].id, drift)
        scene.exchange.pass_days(40)
        scene.container.courier.deliver_due()
    letters = scene.container.mail_transport.sent
    assert letters
    for letter in letters:
        assert found_in(letter.subject + letter.text + letter.html) == []
        assert CANARIES["message"] not in letter.text
    captured = capsys.readouterr()
    assert captured.err.count("no room for this row") >= 5
    assert found_in(captured.err + captured.out) == []
    assert CANARIES["message"] not in captured.err
    close(app)


def test_check_32_an_address_lies_encrypted_and_is_gone_after_erasure(app: Flask, scene: Scene):
    files = [app.config["DATA_DIR"] / f"yushu.sqlite{suffix}" for suffix in ("", "-wal")]

    def on_disk() -> bytes:
        return b"".join(file.read_bytes() for file in files if file.exists())

    drift = scene.request(canary_ask())
    for canary in SECRET:
        assert canary.encode() not in on_disk()
    with app.app_context():
        sealed = scene.container.sql.fetchone("SELECT * FROM drift_address WHERE drift_id = :id", {"id": drift})
        texts = [value if isinstance(value, bytes) else str(value).encode() for value in sealed if len(str(value)) > 40]
        assert texts
        assert all(text in on_disk() for text in texts)
        scene.exchange.drifts.post(scene.members["giver"].id, drift)
        scene.exchange.drifts.receive(scene.members["reader"].id, drift)
        scene.exchange.pass_days(32)
        assert scene.container.sql.fetchall("SELECT * FROM drift_address") == []
    for text in (*texts, CANARIES["message"].encode()):
        assert text not in on_disk()
