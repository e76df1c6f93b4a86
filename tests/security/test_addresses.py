"""Security check 32: an address is seen by its two parties alone, and gone when it should be."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.domain.drift_request import PostalRecipient
from app.models.drift import Drift, DriftAddress
from app.services.exchange.drifts import Ask
from tests.support.apps import close, make_app
from tests.support.routes import address_of, routes
from tests.support.rows import count_rows, get_row, list_rows, refusing_rows
from tests.support.world import World, token_of

CANARIES = {
    "recipient_name": "卢鹂鹂",
    "mobile": "13912345678",
    "address": "云南省大理市金丝雀路四十二号三单元",
    "message": "盼着读它好些年了",
}


def canary_ask() -> Ask:
    recipient = PostalRecipient(name=CANARIES["recipient_name"], mobile=CANARIES["mobile"], address=CANARIES["address"])
    return Ask(recipient=recipient, message=CANARIES["message"])


SECRET = [CANARIES["recipient_name"], CANARIES["mobile"], CANARIES["address"]]


def found_in(text: str) -> list[str]:
    """Return the canaries that a text holds, whichever way they are written there."""
    return [
        canary
        for canary in SECRET
        if canary in text or json.dumps(canary).strip('"') in text or canary.encode("unicode_escape").decode() in text
    ]


def everything_seen_by(world: World, role: str, drift: int) -> Iterator[tuple[str, str]]:
    """Open everything there is, as one of the people."""
    browser = world.browsers[role]
    for route in routes(world.app, "GET"):
        names = [name for name in route.rule.arguments if name.endswith("_id")]
        path = address_of(world.app, route.rule, **dict.fromkeys(names, drift))
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
def test_check_32_an_address_is_seen_by_its_two_parties_alone(world: World, state: str):
    drift = world.request(canary_ask())
    if state == "mailed":
        with world.app.app_context():
            world.exchange.drifts.post(world.members["giver"].id, drift)
    for role in ("nobody", "other", "moderator", "admin"):
        for path, text in everything_seen_by(world, role, drift):
            assert found_in(text) == [], f"{role} {path}"
    giver, token = world.browsers["giver"], token_of(world.browsers["giver"])
    for path, text in everything_seen_by(world, "giver", drift):
        assert not found_in(text) or path == "POST address", path
    opened = giver.http.post(f"/drift/{drift}/address", data={"csrf_token": token})
    assert found_in(opened.text) == SECRET
    assert opened.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("state", ["received", "rejected"])
def test_check_32_an_address_is_closed_when_the_drift_is(world: World, state: str):
    drift = world.bring_to(state)
    with world.app.app_context():
        assert world.exchange.state(drift) == state
    assert world.take("giver", drift, "address") in {404, 409}


def test_check_32_no_mail_log_or_error_holds_an_address(data_dir: Path, capsys: pytest.CaptureFixture[str]):
    app = make_app(data_dir, LOG_LEVEL="debug", LOG_FORMAT="json")
    world = World(app)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    reader, form = world.browsers["reader"], {**CANARIES, "csrf_token": token_of(world.browsers["reader"])}
    for table in ("drift", "drift_address", "bean_transfer", "notice", "outbox_mail"):
        with refusing_rows(app, table):
            broken = reader.http.post(f"/drift/{world.gift}", data=form)
        assert broken.status_code >= 500, table
        assert found_in(broken.text) == []
    assert reader.http.post(f"/drift/{world.gift}", data=form).status_code == 303
    with app.app_context():
        [drift] = [drift.id for drift in list_rows(Drift)]
        world.exchange.drifts.open_address(world.members["giver"].id, drift)
        world.exchange.drifts.post(world.members["giver"].id, drift)
        world.exchange.pass_days(40)
        world.container.operations.mail_delivery.deliver_due()
    mails = world.container.mail.transport.sent
    assert mails
    for mail in mails:
        assert found_in(mail.subject + mail.text + mail.html) == []
        assert CANARIES["message"] not in mail.text
    captured = capsys.readouterr()
    assert captured.err.count("no room for this row") >= 5
    assert found_in(captured.err + captured.out) == []
    assert CANARIES["message"] not in captured.err
    close(app)


def test_check_32_an_address_lies_encrypted_and_is_gone_after_erasure(app: Flask, world: World):
    files = [app.config["DATA_DIR"] / f"yushu.sqlite{suffix}" for suffix in ("", "-wal")]

    def on_disk() -> bytes:
        return b"".join(file.read_bytes() for file in files if file.exists())

    drift = world.request(canary_ask())
    for canary in SECRET:
        assert canary.encode() not in on_disk()
    with app.app_context():
        sealed = get_row(DriftAddress, drift).sealed.encode()
        assert sealed in on_disk()
        world.exchange.drifts.post(world.members["giver"].id, drift)
        world.exchange.drifts.receive(world.members["reader"].id, drift)
        world.exchange.pass_days(32)
        assert count_rows(DriftAddress) == 0
        world.container.operations.scheduler.run_due()
    for text in (sealed, CANARIES["message"].encode()):
        assert text not in on_disk()
