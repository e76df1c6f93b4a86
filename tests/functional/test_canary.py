"""An address planted like a canary: nobody but its two parties ever meets it, and after its time nothing is left of it."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask

from app.models.drift import Drift, DriftAddress
from tests.support.exchange import ISBNS, Exchange
from tests.support.exchange_pages import ask_for_book, offer_book
from tests.support.members import login, make_member
from tests.support.pages import PageClient
from tests.support.routes import routes
from tests.support.rows import count_rows, list_rows

NAME, MOBILE, ADDRESS = "金丝雀某某", "13912345678", "云南省昆明市盘龙区金丝雀巷九十九号"
CANARY = {"recipient_name": NAME, "mobile": MOBILE, "address": ADDRESS}


@pytest.fixture
def people(app: Flask, exchange: Exchange) -> dict[str, PageClient]:
    """Make both parties, a stranger, a moderator and a visitor."""
    clients = {name: PageClient(app) for name in ("giver", "reader", "stranger", "moderator", "visitor")}
    for name, client in clients.items():
        if name != "visitor":
            login(client.http, make_member(app, name, role="moderator" if name == "moderator" else "member"))
    return clients


class Planted(NamedTuple):
    """Where the canary was written into a form, and where the drift is that came of it."""

    form: str
    drift: str


@pytest.fixture
def planted(people: dict[str, PageClient]) -> Planted:
    """Make a waiting drift with the canary in it."""
    offer_book(people["reader"], ISBNS[-2])
    gift = offer_book(people["giver"])
    drift = ask_for_book(people["reader"], gift, {**CANARY, "message": "你好"})
    return Planted(f"/drift/{gift}", f"/drift/{drift}")


def holds_canary(text: str | bytes) -> bool:
    raw = text if isinstance(text, bytes) else text.encode()
    return any(canary.encode() in raw for canary in CANARY.values())


def files_of(data_dir: Path) -> bytes:
    """Return every byte of the data folder: the database, its log, all else that lies there."""
    return b"".join(file.read_bytes() for file in sorted(data_dir.rglob("*")) if file.is_file())


def sealed_address(app: Flask) -> bytes:
    with app.app_context():
        [address] = list_rows(DriftAddress)
        return address.sealed.encode()


def age(app: Flask, exchange: Exchange, days: int) -> None:
    exchange.clock.advance(timedelta(days=days))
    with app.app_context():
        exchange.container.exchange.drift_deadlines.run()
        exchange.container.exchange.drift_deadlines.erase()
        exchange.container.operations.clear_files()


def test_the_two_parties_see_the_address_and_nobody_else(
    app: Flask, people: dict[str, PageClient], planted: Planted
) -> None:
    assert holds_canary(people["giver"].post(f"{planted.drift}/address", on="/personal", status=200).text)
    assert holds_canary(people["reader"].post(f"{planted.drift}/address", on="/personal", status=200).text)
    for name in ("stranger", "moderator"):
        assert not holds_canary(people[name].post(f"{planted.drift}/address", on="/personal", status=404).text)
    for name, client in people.items():
        for route in routes(app, "GET"):
            answer = client.http.get(route.address, buffered=True, follow_redirects=True)
            assert not holds_canary(answer.data), f"{name}: {route}"


def test_no_mail_row_log_export_or_error_holds_the_address(
    exchange: Exchange,
    people: dict[str, PageClient],
    planted: Planted,
    data_dir: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    people["giver"].post(f"{planted.drift}/address", on="/personal", status=200)
    people["stranger"].post(f"{planted.drift}/address", on="/personal", status=404)
    people["reader"].post(planted.form, CANARY, on="/personal")
    with exchange.app.app_context():
        mails = exchange.container.mail.transport
        exchange.container.operations.mail_delivery.deliver_due()
    assert not holds_canary(repr(vars(mails)))
    for name in ("giver", "stranger"):
        export = people[name].http.post("/personal/export", buffered=True)
        export = people[name].http.get("/personal/export", buffered=True) if export.status_code >= 400 else export
        with zipfile.ZipFile(io.BytesIO(export.data)) as archive:
            assert not any(holds_canary(archive.read(part)) for part in archive.namelist())
    assert not holds_canary(files_of(data_dir))
    output = capfd.readouterr()
    assert not holds_canary(output.out + output.err)


def test_a_request_that_was_never_posted_loses_its_address_at_once(
    app: Flask, exchange: Exchange, people: dict[str, PageClient], planted: Planted, data_dir: Path
) -> None:
    sealed = sealed_address(app)
    assert sealed in files_of(data_dir)
    people["giver"].post(f"{planted.drift}/reject", {"reason": "出门"}, on="/personal")
    age(app, exchange, 0)
    assert sealed not in files_of(data_dir)
    assert "出门" in people["reader"].get("/pending").text


def test_thirty_days_after_the_end_nothing_is_left_in_the_file_or_its_log(
    app: Flask, exchange: Exchange, people: dict[str, PageClient], planted: Planted, data_dir: Path
) -> None:
    sealed = sealed_address(app)
    people["giver"].post(f"{planted.drift}/mailed", {"carrier": "邮政快递", "tracking": "CANARY0001"}, on="/personal")
    people["reader"].post(f"{planted.drift}/received", on="/personal")
    age(app, exchange, 29)
    assert sealed in files_of(data_dir)
    assert b"CANARY0001" in files_of(data_dir)
    age(app, exchange, 1)
    left = files_of(data_dir)
    assert sealed not in left
    assert b"CANARY0001" not in left
    with app.app_context():
        [drift] = list_rows(Drift)
        assert drift.erased_at is not None


def test_a_book_that_is_on_its_way_keeps_its_address(
    app: Flask, exchange: Exchange, people: dict[str, PageClient], planted: Planted
) -> None:
    people["giver"].post(f"{planted.drift}/mailed", {"tracking": "T1"}, on="/personal")
    people["reader"].post(f"{planted.drift}/lost", on="/personal")  # disputed: not ended
    age(app, exchange, 90)
    with app.app_context():
        assert count_rows(DriftAddress) == 1
