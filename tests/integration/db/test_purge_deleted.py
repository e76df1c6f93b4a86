"""What was erased leaves the database's files, and nobody waits for that."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, contextmanager

import pytest
from flask import Flask

from app.db.soft_delete import DeletedRowsKeptError, purge_deleted
from app.extensions import db, pool_of
from app.models.drift import SavedAddress
from app.models.operation import PeriodicJob
from tests.support.apps import close, make_app
from tests.support.members import make_member
from tests.support.rows import get_row, make_row

JOB = "clear the files of what was erased"
TABLES = ("drift_address", "saved_address")
#: A statement that waits for a reader waits a minute here.
PATIENCE, SOON = 60, 15


@pytest.fixture
def app(any_database_url: str, data_dir):
    made = make_app(data_dir, any_database_url, DATABASE_TIMEOUT_SECONDS=PATIENCE)
    with made.app_context():
        yield made
    close(made)


@contextmanager
def somebody_reads(app: Flask):
    """Read from a snapshot that is older than the last write."""
    connection = pool_of(app).dialect.connect()
    try:
        connection.begin("read")
        connection.cursor().execute("SELECT COUNT(*) FROM saved_address")  # it begins with the first look
        write(app)
        yield
        connection.rollback()
    finally:
        connection.close()


def write(app: Flask) -> None:
    member = make_member(app).id
    with db.auto_commit():
        make_row(SavedAddress, user_id=member, sealed="x" * 5000)


def log_size(app: Flask) -> int:
    return (app.config["DATA_DIR"] / "yushu.sqlite-wal").stat().st_size


def test_who_reads_keeps_the_leavings_and_nobody_waits(app: Flask) -> None:
    pool = pool_of(app)
    with somebody_reads(app):
        start = time.monotonic()
        with pytest.raises(DeletedRowsKeptError):
            purge_deleted(pool, TABLES, tries=3, pause_seconds=0)
        if pool.dialect.NAME == "sqlite":
            with closing(sqlite3.connect(app.config["DATA_DIR"] / "yushu.sqlite", timeout=0)) as other:
                other.execute("BEGIN IMMEDIATE")
        assert time.monotonic() - start < SOON
    purge_deleted(pool, TABLES)
    assert pool.dialect.NAME == "mysql" or log_size(app) == 0


def test_it_is_tried_again_until_there_is_a_gap(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = []
    with somebody_reads(app):
        monkeypatch.setattr("app.db.soft_delete.time.sleep", pauses.append)
        with pytest.raises(DeletedRowsKeptError):
            purge_deleted(pool_of(app), TABLES)
    assert len(pauses) == 50
    assert pool_of(app).leased == 0


def test_files_that_still_hold_what_was_erased_are_due_again_within_minutes(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    container = app.extensions["container"]

    def kept(*_arguments: object) -> None:
        raise DeletedRowsKeptError

    monkeypatch.setattr("app.container.operations.purge_deleted", kept)
    for _ in range(2):
        container.operations.scheduler.run_due()
    job = get_row(PeriodicJob, JOB)
    assert (job.due_at - job.ran_at, job.problem) == (300, "DeletedRowsKeptError")


def test_tables_are_written_anew_once_a_day_and_the_log_is_cut_every_hour(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    container = app.extensions["container"]
    cleared = []
    monkeypatch.setattr("app.container.operations.purge_deleted", lambda _pool, tables: cleared.append(tables))
    container.operations.scheduler.run_due()
    job = get_row(PeriodicJob, JOB)
    assert cleared == [TABLES]
    assert job.due_at - job.ran_at == (3600 if pool_of(app).dialect.NAME == "sqlite" else 86_400)
