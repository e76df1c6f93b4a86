"""A backup is whole although the site runs, says when it is damaged, and comes back as it was."""

from __future__ import annotations

import gzip
import io
import os
import sqlite3
import stat
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app.container import Container
from app.db import backup
from app.extensions import db, pool_of
from app.libs.locks import START_LOCK, locked
from app.mail.outbox import Recipient
from app.models.bean import BeanBalance
from app.models.book import Book, BookAlias
from app.models.user import User
from tests.support.apps import close, make_app, migrate
from tests.support.exchange import Exchange
from tests.support.patience import PATIENCE
from tests.support.site import ROOT, environ_of

TITLE = "三体 “quoted” %s :name `tick` \\ \U0001f41f\nsecond line"


def member(name: str) -> User:
    return User(email=f"{name}@a.org", email_key=f"{name}@a.org", nickname=name, nickname_key=name, password_hash="!")


def fill(app: Flask) -> None:
    with app.app_context(), db.auto_commit() as session:
        fisher = member("渔夫")
        book = Book(isbn13="9787536692930", title=TITLE, summary="x" * 5000)
        session.add_all([fisher, book])
        session.flush()
        fisher.person_id = fisher.id
        session.add(BookAlias(isbn13="9789900000013", book_id=book.id))


def write_pair(app: Flask, number: int = 0) -> None:
    """Write two rows that belong together, in two tables."""
    container: Container = app.extensions["container"]
    with db.auto_commit() as session:
        container.mail.outbox.post("password_changed", Recipient(address=f"{number}@example.org"))
        session.add(member(str(number)))


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["backup", *map(str, arguments)])


def done(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def refused(result: Result) -> str:
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    return result.output


def contents(app: Flask) -> dict[str, list[Any]]:
    """Return every row that a backup keeps."""
    dialect = pool_of(app).dialect
    connection = dialect.connect()
    try:
        found = {}
        for table in backup.kept_tables(connection, dialect.NAME):
            cursor = connection.cursor()
            cursor.execute(f"SELECT * FROM `{table}`")
            found[table] = sorted(map(repr, cursor.fetchall()))
        return found
    finally:
        connection.close()


@pytest.fixture
def empty_app(tmp_path: Path) -> Iterator[Flask]:
    """Yield an app whose SQLite database is not there yet."""
    app = make_app(tmp_path / "other")
    yield app
    close(app)


def test_what_was_backed_up_comes_back_as_it_was(any_database_app: Flask, empty_app: Flask, tmp_path: Path):
    fill(any_database_app)
    before = contents(any_database_app)
    file = tmp_path / "one.tar.gz"
    done(run(any_database_app, "create", file))
    with any_database_app.app_context():
        write_pair(any_database_app)
    done(run(any_database_app, "restore", file, "--force"))
    assert contents(any_database_app) == before
    done(run(empty_app, "restore", file))
    assert contents(empty_app) == before


def test_a_site_moves_from_sqlite_to_mariadb_by_a_portable_backup(app: Flask, mariadb_url: str, tmp_path: Path):
    fill(app)
    done(run(app, "create", tmp_path / "file.tar.gz"))
    done(run(app, "create", tmp_path / "rows.tar.gz", "--portable"))
    mariadb = make_app(tmp_path / "m", mariadb_url)
    assert "make the backup with --portable" in refused(run(mariadb, "restore", tmp_path / "file.tar.gz"))
    done(run(mariadb, "restore", tmp_path / "rows.tar.gz"))
    assert contents(mariadb) == contents(app)
    close(mariadb)


def test_a_backup_made_while_members_write_is_of_one_moment(any_database_app: Flask, empty_app: Flask, tmp_path: Path):
    app = any_database_app
    stop, wrote = threading.Event(), threading.Event()

    def write() -> None:
        with app.app_context():
            for number in count():
                if stop.is_set():
                    return
                write_pair(app, number)
                wrote.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert wrote.wait(PATIENCE)
        for number in range(3):
            done(run(app, "create", tmp_path / f"{number}.tar.gz"))
    finally:
        stop.set()
        writer.join()
    for number in range(3):
        done(run(empty_app, "restore", tmp_path / f"{number}.tar.gz", "--force"))
        found = contents(empty_app)
        assert len(found["outbox_mail"]) == len(found["user"]) > 0


def test_a_database_with_rows_is_not_overwritten_by_mistake(any_database_app: Flask, tmp_path: Path):
    fill(any_database_app)
    done(run(any_database_app, "create", tmp_path / "one.tar.gz"))
    before = contents(any_database_app)
    assert "not empty (3 rows): --force" in refused(run(any_database_app, "restore", tmp_path / "one.tar.gz"))
    assert contents(any_database_app) == before


def test_a_running_site_is_not_restored_over(app: Flask, tmp_path: Path):
    done(run(app, "create", tmp_path / "one.tar.gz"))
    with locked(app.config["DATA_DIR"] / START_LOCK):
        assert "stop it first" in refused(run(app, "restore", tmp_path / "one.tar.gz", "--force"))


def test_a_backup_is_for_its_owner_alone_and_holds_no_key(app: Flask):
    fill(app)
    shown = done(run(app, "create"))
    [file] = (app.config["DATA_DIR"] / "backups").iterdir()
    assert str(file) in shown
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    plain = gzip.decompress(file.read_bytes())
    for secret in (app.config["SECRET_KEY"], *app.config["ADDRESS_KEYS"]):
        assert secret.encode() not in plain
    assert "keys are not in it" in shown


def test_an_existing_file_is_not_overwritten(app: Flask, tmp_path: Path):
    (tmp_path / "one.tar.gz").write_text("precious")
    assert "exists already" in refused(run(app, "create", tmp_path / "one.tar.gz"))
    assert (tmp_path / "one.tar.gz").read_text() == "precious"


def test_a_database_without_a_schema_is_not_backed_up(empty_app: Flask, tmp_path: Path):
    assert "no schema yet" in refused(run(empty_app, "create", tmp_path / "one.tar.gz"))
    assert list(tmp_path.glob("*.tar.gz")) == []


def test_verify_says_that_a_backup_is_good_and_leaves_the_database_alone(any_database_app: Flask, tmp_path: Path):
    fill(any_database_app)
    file = tmp_path / "one.tar.gz"
    done(run(any_database_app, "create", file))
    before = contents(any_database_app)
    assert f"{file} is good: 3 rows of " in done(run(any_database_app, "verify", file))
    assert contents(any_database_app) == before


def test_verify_warns_when_the_address_keys_are_others(app: Flask, data_dir: Path, tmp_path: Path):
    done(run(app, "create", tmp_path / "one.tar.gz"))
    assert "Warning" not in done(run(app, "verify", tmp_path / "one.tar.gz"))
    other = make_app(data_dir, ADDRESS_KEYS="YW5vdGhlci1rZXktYW5vdGhlci1rZXktYW5vdGhlci0=")
    assert "encrypted with other keys" in done(run(other, "verify", tmp_path / "one.tar.gz"))
    close(other)


def repacked(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Change the parts of a backup and write it again."""
    with tarfile.open(file) as tar:
        parts = {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}
    change(parts)
    with tarfile.open(file, "w:gz") as tar:
        for name, data in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def flip_a_bit(parts: dict[str, bytes]) -> None:
    data = bytearray(parts["yushu.sqlite"])
    data[len(data) // 2] ^= 1
    parts["yushu.sqlite"] = bytes(data)


class TestDamage:
    """Every way to be damaged is found before anything is overwritten."""

    @pytest.fixture
    def file(self, app: Flask, tmp_path: Path) -> Path:
        fill(app)
        done(run(app, "create", tmp_path / "one.tar.gz"))
        return tmp_path / "one.tar.gz"

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (flip_a_bit, "the checksum of yushu.sqlite is wrong"),
            (lambda parts: parts.pop("yushu.sqlite"), "parts are missing or were added"),
            (lambda parts: parts.update(extra=b"x"), "parts are missing or were added"),
            (lambda parts: parts.pop("manifest.json"), "is no backup"),
            (lambda parts: parts.update({"manifest.json": b"[1"}), "cannot be read"),
            (
                lambda parts: parts.update(
                    {"manifest.json": parts["manifest.json"].replace(b'"format": 1', b'"format": 9')}
                ),
                "made by another version",
            ),
            (lambda parts: parts.update({"../outside": b"x"}), "cannot be read"),
        ],
    )
    def test_is_told(self, app: Flask, file: Path, change: Callable[[dict[str, bytes]], None], said: str):
        before = contents(app)
        repacked(file, change)
        assert said in refused(run(app, "verify", file))
        assert said in refused(run(app, "restore", file, "--force"))
        assert contents(app) == before

    def test_a_truncated_file_is_told(self, app: Flask, file: Path):
        file.write_bytes(file.read_bytes()[:-200])
        assert "cannot be read" in refused(run(app, "verify", file))

    def test_a_missing_file_is_told(self, app: Flask, tmp_path: Path):
        assert "is missing" in refused(run(app, "verify", tmp_path / "nothing.tar.gz"))

    def test_a_newer_schema_is_told(self, app: Flask, file: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("app.cli.backup.Migrations.knows", lambda self, revision: False)
        assert "use a newer version" in refused(run(app, "restore", file, "--force"))

    def test_a_row_that_points_at_nothing_is_found_by_verify(self, app: Flask, tmp_path: Path):
        with sqlite3.connect(app.config["DATA_DIR"] / "yushu.sqlite") as raw:
            raw.execute(
                "INSERT INTO user_session (user_id, token_hash, seen_time, create_time) VALUES (777, 'x', 1, 1)"
            )
        done(run(app, "create", tmp_path / "two.tar.gz"))
        assert "user_session: row 1 points at nothing in user" in refused(run(app, "verify", tmp_path / "two.tar.gz"))


def test_verify_asks_the_ledger_of_the_backup(any_database_app: Flask, tmp_path: Path):
    with any_database_app.app_context():
        site = Exchange(any_database_app)
        site.mailed(site.member("giver"), site.rich("reader"))
    done(run(any_database_app, "create", tmp_path / "sound.tar.gz"))
    done(run(any_database_app, "verify", tmp_path / "sound.tar.gz"))
    with any_database_app.app_context(), db.auto_commit():
        BeanBalance.query.update({"balance": BeanBalance.balance + 10})
    done(run(any_database_app, "create", tmp_path / "broken.tar.gz"))
    assert "holds a broken database" in refused(run(any_database_app, "verify", tmp_path / "broken.tar.gz"))


def test_an_older_schema_is_brought_up_to_date(data_dir: Path, empty_app: Flask, tmp_path: Path):
    from flask_migrate import downgrade

    old = make_app(data_dir)
    with old.app_context():
        downgrade(revision="0001")
    done(run(old, "create", tmp_path / "old.tar.gz"))
    done(run(old, "create", tmp_path / "old-rows.tar.gz", "--portable"))
    migrate(old)
    for name in ("old.tar.gz", "old-rows.tar.gz"):
        done(run(empty_app, "restore", tmp_path / name, "--force"))
        assert contents(empty_app).keys() == contents(old).keys()
    close(old)


def test_bytes_and_none_survive_as_rows(tmp_path: Path):
    values = [(1, b"\x00\xff\x80", None), (2, b"", "鱼"), (3, None, "")]
    source, target = sqlite3.connect(":memory:"), sqlite3.connect(":memory:")
    for connection in (source, target):
        connection.execute("CREATE TABLE t (id INTEGER, raw BLOB, said TEXT)")
    source.executemany("INSERT INTO t VALUES (?, ?, ?)", values)
    assert backup.dump(source, "sqlite", tmp_path / "tables") == {"t": 3}
    backup.load(target, "sqlite", tmp_path / "tables")
    assert target.execute("SELECT * FROM t").fetchall() == values
    source.close()
    target.close()


@pytest.mark.parametrize("portable", [False, True])
def test_a_full_disk_is_told_and_leaves_nothing_half_written(data_dir: Path, tmp_path: Path, portable: bool) -> None:
    app = make_app(data_dir)
    migrate(app)
    close(app)
    small = tmp_path / "small"
    small.mkdir()
    command = (
        f"{sys.executable} -m flask --app fisher backup create {small}/b.tar.gz {'--portable' if portable else ''}"
    )
    # The disk is full but for a few kilobytes: what is written first fits, the rest does not.
    script = f"mount -t tmpfs -o size=64k tmpfs {small} && {{ {command}; code=$?; ls -A {small}; exit $code; }}"
    ended = subprocess.run(
        ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"]), "sh", "-c", script],
        cwd=ROOT,
        env=environ_of(data_dir, LOG_LEVEL="error"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Error: the disk is full: {small} has "), ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
