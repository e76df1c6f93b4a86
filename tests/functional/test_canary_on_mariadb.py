"""What MariaDB keeps of an address: never the address itself, and after its time not even its ciphertext in any table's file.

The redo log and the binary log keep what was written until they are overwritten or expire. So the last word is the key's: once
it was changed and dropped, nothing opens what lingers there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet, InvalidToken
from flask import Flask

from app.extensions import db
from app.libs.encryption import Sealer
from app.models.drift import Drift, DriftAddress, SavedAddress
from app.services.exchange.drifts import Ask
from tests.support.apps import close, make_app, migrate
from tests.support.exchange import HOME, ISBNS, Exchange
from tests.support.mariadb import Server
from tests.support.rows import add_row, get_row, make_row

TRACKING, MESSAGE = "CANARY0001", "金丝雀的话"
TEXTS = tuple(text.encode() for text in (HOME.name, HOME.mobile, HOME.address))
LOGS = ("ib_logfile", "binlog.")


@pytest.fixture(scope="module", params=["plain", "scrubbing"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server that keeps a binary log; one as it comes, and one that clears pages, as the manual advises."""
    scrub = {"plain": "OFF", "scrubbing": "ON"}[request.param]
    options = ("--log-bin=binlog", "--server-id=1", f"--innodb-immediate-scrub-data-uncompressed={scrub}")
    with Server(tmp_path_factory.mktemp("mariadb-canary"), *options) as server:
        yield server


@pytest.fixture
def scrubs(server: Server) -> bool:
    return "--innodb-immediate-scrub-data-uncompressed=ON" in server._options


@pytest.fixture
def app(server: Server, tmp_path: Path) -> Iterator[Flask]:
    app = make_app(tmp_path, server.create_database("canary"))
    migrate(app)
    yield app
    close(app)


@pytest.fixture
def exchange(app: Flask) -> Iterator[Exchange]:
    with app.app_context():
        yield Exchange(app)


def to_disk(server: Server) -> None:
    """Make the server write every changed page of the two tables into their files."""
    with server.connect("canary") as connection, connection.cursor() as cursor:
        for table in ("drift", "drift_address", "saved_address"):
            cursor.execute(f"FLUSH TABLES {table} FOR EXPORT")
            cursor.execute("UNLOCK TABLES")


def files_with(server: Server, text: bytes, *, logs: bool = False) -> list[str]:
    """Name the files of the server in which a text stands, the logs left out or alone."""
    data = server.folder / "data"
    files = (file for file in data.rglob("*") if file.is_file() and file.name.startswith(LOGS) == logs)
    return [str(file.relative_to(data)) for file in files if text in file.read_bytes()]


def traded(exchange: Exchange, names: tuple[str, str], isbn: str) -> int:
    """Let one member send another a book."""
    giver, reader = exchange.member(names[0]), exchange.rich(names[1])
    drift = exchange.drifts.request(reader, exchange.offer(giver, isbn), Ask(recipient=HOME, message=MESSAGE))
    exchange.drifts.post(giver, drift)
    return drift


def sealed(drift: int) -> bytes:
    return get_row(DriftAddress, drift).sealed.encode()


def crowd(like: int, count: int) -> None:
    """Fill more pages than one with addresses and texts of others, before and after the canary's: drifts of the same two members."""
    model = get_row(Drift, like)
    same = {name: getattr(model, name) for name in ("gift_id", "isbn13", "title", "requester_id", "giver_id")}
    with db.auto_commit():
        for _ in range(count):
            drift = make_row(Drift, **same, state="received", message="好" * 60)
            add_row(DriftAddress, drift_id=drift.id, sealed="z" * 300)


@pytest.fixture
def erased(server: Server, exchange: Exchange) -> dict[str, bytes]:
    """Let a drift among many others live its whole life; give the texts that must be gone, each seen on the disk before."""
    crowd(traded(exchange, ("给一", "收一"), ISBNS[1]), 40)
    giver, reader = exchange.member("老舍"), exchange.rich("小满")
    drift = exchange.drifts.request(reader, exchange.offer(giver), Ask(recipient=HOME, message=MESSAGE))
    crowd(drift, 60)
    exchange.container.exchange.saved_addresses.keep(reader, HOME)
    exchange.drifts.post(giver, drift, tracking=TRACKING)
    texts = {
        "address": sealed(drift),
        "saved": get_row(SavedAddress, reader).sealed.encode(),
        "tracking": TRACKING.encode(),
    }
    to_disk(server)
    assert all(files_with(server, text) for text in texts.values())
    exchange.drifts.receive(reader, drift)
    exchange.container.exchange.saved_addresses.forget(reader)
    exchange.clock.advance(timedelta(days=30))
    exchange.container.exchange.drift_deadlines.erase()
    exchange.container.operations.clear_files()
    to_disk(server)
    return texts


def wait_for_purge(server: Server) -> None:
    """Wait until the server has dropped the old versions of changed rows; pytest's own time limit ends what never comes."""
    while server.status("Innodb_history_list_length") > 0:
        time.sleep(0.1)


def test_an_erased_address_is_gone_from_the_file_of_every_table(server: Server, erased: dict[str, bytes]) -> None:
    wait_for_purge(server)
    to_disk(server)
    assert [files_with(server, erased[name]) for name in ("address", "saved")] == [[], []]


def test_other_erased_texts_linger_in_their_own_table_at_most_and_nowhere_if_the_server_scrubs(
    server: Server, scrubs: bool, erased: dict[str, bytes]
) -> None:
    wait_for_purge(server)
    to_disk(server)
    may_linger = set() if scrubs else {"canary/drift.ibd"}  # as the manual says
    assert set(files_with(server, erased["tracking"])) <= may_linger


def test_the_plain_address_stands_in_no_file_not_even_in_a_log(server: Server, exchange: Exchange) -> None:
    drift = traded(exchange, ("老舍", "小满"), ISBNS[0])
    to_disk(server)
    assert files_with(server, sealed(drift), logs=True), "the logs hold what was written"
    for text in TEXTS:
        assert files_with(server, text) == files_with(server, text, logs=True) == []


def test_a_changed_key_closes_what_lingers_in_the_logs_and_opens_what_is_stored(app: Flask, exchange: Exchange) -> None:
    drift = traded(exchange, ("老舍", "小满"), ISBNS[0])
    reader = get_row(Drift, drift).requester_id
    exchange.container.exchange.saved_addresses.keep(reader, HOME)
    lingers, old, new = sealed(drift).decode(), app.config["ADDRESS_KEYS"], Fernet.generate_key().decode()
    exchange.container.operations.key_rotation._sealer = Sealer([new, *old])
    result = app.test_cli_runner().invoke(args=["keys", "reseal"])
    assert result.output.startswith("3 texts"), result.output  # two addresses, and the secret of the marks
    only_new = Sealer([new])
    assert only_new.unseal(sealed(drift).decode())["address"] == HOME.address
    assert only_new.unseal(get_row(SavedAddress, reader).sealed)["name"] == HOME.name
    with pytest.raises(InvalidToken):
        only_new.unseal(lingers)


def test_a_missing_key_is_said_and_changes_nothing(app: Flask, exchange: Exchange) -> None:
    drift = traded(exchange, ("老舍", "小满"), ISBNS[0])
    before = sealed(drift)
    exchange.container.operations.key_rotation._sealer = Sealer([Fernet.generate_key().decode()])
    result = app.test_cli_runner().invoke(args=["keys", "reseal"])
    assert result.exit_code == 1
    assert "is one missing" in result.output
    assert sealed(drift) == before
