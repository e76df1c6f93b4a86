"""The read door: every connection goes back, no matter what happens."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context

import pymysql
import pytest

from app.db.pool import LEASES_PER_THREAD, PoolExhaustedError, PoolLease, TooManyLeasesError
from app.db.sql_helper import NotInTransactionError, SqlHelper, in_list
from app.extensions import db, pool_of
from app.models import Book
from tests.support.apps import close, make_app
from tests.support.paths import ROOT

INSERT = "INSERT INTO book (isbn13, title, summary, create_time) VALUES (:isbn, :title, '', 0)"


def insert(sql: SqlHelper, *isbns: str) -> None:
    with sql.transaction():
        sql.execute_many(INSERT, [{"isbn": isbn, "title": f"100% of '{isbn}'"} for isbn in isbns])


@pytest.fixture
def sql(any_database_app) -> SqlHelper:
    with any_database_app.app_context():
        return any_database_app.extensions["container"].core.sql


@pytest.fixture
def pool(any_database_app):
    return pool_of(any_database_app)


def test_named_parameters_percent_signs_and_quotes_work_alike(sql):
    insert(sql, "1", "2")
    assert sql.fetchall(
        "SELECT isbn13, 'a:b' FROM book WHERE title LIKE '100%' AND isbn13 = :isbn OR isbn13 = :isbn ORDER BY isbn13",
        {"isbn": "2"},
    ) == [("2", "a:b")]
    assert sql.fetchone("SELECT title FROM book WHERE isbn13 = :isbn", {"isbn": "1"}) == ("100% of '1'",)
    assert sql.fetchone("SELECT title FROM book WHERE isbn13 = :isbn", {"isbn": "3"}) is None


def test_hundreds_of_named_parameters_work_as_a_few_do(sql):
    insert(sql, "1", "2")
    marks, params = in_list("i", [str(number) for number in range(2, 400)])
    assert sql.fetchall(
        f"SELECT isbn13, ':i0' FROM book WHERE title LIKE '100%' AND isbn13 = :i0 AND isbn13 IN ({marks})", params
    ) == [("2", ":i0")]


@pytest.mark.parametrize(("values", "marks"), [(1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (9, 16)])
def test_a_list_is_filled_up_to_the_next_power_of_two(values: int, marks: int) -> None:
    text, params = in_list("i", list(range(values)))
    assert text == ", ".join(f":i{number}" for number in range(marks))
    assert list(params.values()) == [*range(values), *[values - 1] * (marks - values)]


def test_rows_and_values_come_as_they_are_asked_for(sql):
    insert(sql, "1", "2", "3")
    few = "SELECT isbn13 FROM book WHERE isbn13 > :isbn ORDER BY isbn13"
    assert sql.fetchall(few, {"isbn": "1"}) == [("2",), ("3",)]
    assert sql.fetchone(few, {"isbn": "1"}) == ("2",)
    assert sql.fetchcolumn(few, {"isbn": "1"}) == ["2", "3"]
    assert (sql.fetchvalue(few, {"isbn": "2"}), sql.fetchvalue(few, {"isbn": "3"})) == ("3", None)
    with sql as cursor:
        assert list(cursor.execute(few, {"isbn": "1"})) == [("2",), ("3",)]
        cursor.execute(few, {"isbn": "0"})
        assert (cursor.fetchone(), cursor.fetchvalue(), cursor.fetchcolumn()) == (("1",), "2", ["3"])
        assert (cursor.fetchone(), cursor.fetchvalue(), cursor.fetchall()) == (None, None, [])
    with pytest.raises(ValueError, match="unpack"):
        sql.fetchvalue("SELECT isbn13, title FROM book")
    with sql.transaction() as cursor:
        cursor.executemany("UPDATE book SET title = :title WHERE isbn13 = :isbn", [{"title": "x", "isbn": "1"}])
        assert cursor.execute("UPDATE book SET title = 'y' WHERE isbn13 > '1'").rowcount == 2
    assert sql.fetchcolumn("SELECT title FROM book ORDER BY isbn13") == ["x", "y", "y"]


@pytest.mark.parametrize("step", ["begin_read", "begin_write", "commit"])
def test_a_block_that_cannot_begin_or_end_gives_its_connection_back(sql, pool, monkeypatch, step):
    def fail(_lease):
        raise Boom

    monkeypatch.setattr(PoolLease, step, fail)
    with pytest.raises(Boom), sql if step == "begin_read" else sql.transaction():
        pass
    assert pool.leased == 0
    monkeypatch.undo()
    insert(sql, "1")
    assert sql.fetchvalue("SELECT COUNT(*) FROM book") == 1


def test_a_cursor_is_of_no_use_when_its_block_is_over(sql):
    with sql as cursor:
        assert cursor.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises((sqlite3.ProgrammingError, pymysql.ProgrammingError), match="closed"):
        cursor.execute("SELECT 1")


def test_whether_a_block_sees_what_is_not_committed_is_known(sql):
    assert sql.is_writing is False
    with sql:
        assert sql.is_writing is False
    with sql.transaction():
        assert sql.is_writing is True
    with db.auto_commit(), sql:
        assert sql.is_writing is True


def test_no_rows_are_written_as_none(sql):
    with sql.transaction():
        sql.execute_many(INSERT, [])
    assert sql.fetchone("SELECT COUNT(*) FROM book") == (0,)


def test_a_block_inside_auto_commit_may_write(sql, any_database_app):
    with any_database_app.app_context():
        with db.auto_commit(), sql:
            sql.execute_many(INSERT, [{"isbn": "1", "title": "x"}])
        assert sql.fetchone("SELECT title FROM book") == ("x",)


def test_a_block_reads_one_snapshot_from_beginning_to_end(sql):
    with sql as cursor:
        assert cursor.execute("SELECT COUNT(*) FROM book").fetchone() == (0,)
        writer = threading.Thread(target=insert, args=(sql, "1"))
        writer.start()
        writer.join()
        assert cursor.execute("SELECT COUNT(*) FROM book").fetchone() == (0,)
        assert sql.fetchone("SELECT COUNT(*) FROM book") == (0,), "a one-liner reads the open block's snapshot"
        with sql as inner:
            assert inner.execute("SELECT COUNT(*) FROM book").fetchone() == (1,), "a nested block has its own"
        assert cursor.execute("SELECT COUNT(*) FROM book").fetchone() == (0,)


def test_nested_blocks_have_different_connections_that_go_back_in_order(sql, pool):
    with sql:
        assert pool.leased == 1
        with sql:
            assert pool.leased == 2
        assert pool.leased == 1
    assert pool.leased == 0


def test_a_reader_cannot_write(sql):
    with sql as cursor, pytest.raises(pool_errors(sql)):
        cursor.execute(INSERT, {"isbn": "1", "title": "x"})
    assert sql.fetchone("SELECT COUNT(*) FROM book") == (0,)


def pool_errors(sql: SqlHelper) -> type[Exception]:
    return sql._pool.dialect.ERRORS


def test_execute_many_wants_a_transaction(sql):
    with pytest.raises(NotInTransactionError):
        sql.execute_many(INSERT, [{"isbn": "1", "title": "x"}])
    with sql, pytest.raises(NotInTransactionError):
        sql.execute_many(INSERT, [{"isbn": "1", "title": "x"}])


class Boom(Exception):
    pass


def fail_sometimes(turn: int) -> None:
    if turn % 3 == 0:
        raise Boom


def test_an_exception_at_any_point_leaves_nothing_behind(sql, pool):
    def in_block():
        with sql:
            raise Boom

    def in_nested_block():
        with sql, sql, sql:
            raise Boom

    def in_transaction():
        with sql.transaction():
            sql.execute_many(INSERT, [{"isbn": "1", "title": "x"}])
            raise Boom

    def in_nested_reader_of_a_transaction():
        with sql.transaction():
            sql.execute_many(INSERT, [{"isbn": "1", "title": "x"}])
            with sql:
                raise Boom

    def in_statement():
        with sql as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    def in_auto_commit():
        with db.auto_commit() as session:
            session.add(Book(isbn13="1", title="x"))
            with sql:
                raise Boom

    for fail in (in_block, in_nested_block, in_transaction, in_nested_reader_of_a_transaction, in_statement):
        with pytest.raises((Boom, pool_errors(sql))):
            fail()
        assert pool.leased == 0, fail.__name__
    with pytest.raises(Boom):
        in_auto_commit()
    assert pool.leased == 0
    assert sql.fetchone("SELECT COUNT(*) FROM book") == (0,)


@pytest.fixture(autouse=True)
def _context(any_database_app):
    with any_database_app.app_context():
        yield


def test_inside_auto_commit_the_first_level_reads_its_own_writes(sql, pool):
    with db.auto_commit() as session:
        session.add(Book(isbn13="1", title="x"))
        with sql as cursor:
            assert cursor.execute("SELECT COUNT(*) FROM book").fetchone() == (1,)
            assert pool.leased == 1
            with sql as other:
                assert other.execute("SELECT COUNT(*) FROM book").fetchone() == (0,)
        sql.execute_many(INSERT, [{"isbn": "2", "title": "y"}])
    assert sql.fetchone("SELECT COUNT(*) FROM book") == (2,)


def test_what_execute_many_wrote_inside_auto_commit_is_rolled_back_with_it(sql):
    def use_case():
        with db.auto_commit():
            sql.execute_many(INSERT, [{"isbn": "2", "title": "y"}])
            raise Boom

    with pytest.raises(Boom):
        use_case()
    assert sql.fetchone("SELECT COUNT(*) FROM book") == (0,)


def test_a_transaction_does_not_begin_inside_another_block(sql):
    with sql, pytest.raises(RuntimeError), sql.transaction():
        pass
    with db.auto_commit(), pytest.raises(RuntimeError), sql.transaction():
        pass


def in_a_copied_context(work):
    """Do the work in another thread that was given a copy of this one's context, and give its result."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(copy_context().run, work).result()


def test_a_thread_with_a_copied_context_has_connections_of_its_own(sql, pool):
    count = "SELECT COUNT(*) FROM book"

    def look():
        with sql.reading() as cursor:
            return cursor.execute(count).fetchone(), pool.leased, sql.is_writing

    with sql.transaction() as cursor:
        cursor.execute(INSERT, {"isbn": "1", "title": "x"})
        assert in_a_copied_context(look) == ((0,), 2, False)
    with db.auto_commit() as session:
        session.add(Book(isbn13="2", title="y"))
        session.flush()
        assert in_a_copied_context(look) == ((1,), 2, False)
    with sql as cursor:
        assert cursor.execute(count).fetchone() == (2,)
        insert_elsewhere = in_a_copied_context(lambda: insert(sql, "3"))
        assert insert_elsewhere is None
        assert in_a_copied_context(look) == ((3,), 2, False)
        assert cursor.execute(count).fetchone() == (2,), "the block keeps its own snapshot"


def test_a_thread_with_a_copied_context_cannot_write_through_the_others_transaction(sql):
    def write():
        with db.auto_commit() as session:
            session.add(Book(isbn13="1", title="x"))

    def write_many():
        sql.execute_many(INSERT, [{"isbn": "1", "title": "x"}])

    with db.auto_commit(), pytest.raises(RuntimeError, match="the thread that opened it"):
        in_a_copied_context(write)
    with db.auto_commit(), pytest.raises(NotInTransactionError):
        in_a_copied_context(write_many)
    with sql.transaction(), pytest.raises(NotInTransactionError):
        in_a_copied_context(write_many)
    assert sql.fetchone("SELECT COUNT(*) FROM book") == (0,)


def test_a_thread_that_nests_too_deep_is_told_so_and_gives_everything_back(sql, pool):
    def nest(depth: int) -> None:
        with sql:
            nest(depth + 1)

    with pytest.raises(TooManyLeasesError):
        nest(0)
    assert pool.leased == 0
    assert LEASES_PER_THREAD >= 3


def test_thirty_two_threads_nest_on_a_small_pool_without_waiting_for_each_other(any_database_url, data_dir):
    app = make_app(data_dir, any_database_url, THREADS=4, POOL_WAIT_SECONDS=30.0)
    right: list[bool] = []
    start = threading.Barrier(32)

    def work(number: int) -> None:
        with app.app_context():
            sql = app.extensions["container"].core.sql
            start.wait()
            for turn in range(10):
                with suppress(Boom), sql as outer:
                    outer.execute("SELECT :n", {"n": number})
                    with sql as inner:
                        inner.execute("SELECT :n", {"n": -number})
                        right.append((outer.fetchone(), inner.fetchone()) == ((number,), (-number,)))
                        fail_sometimes(turn)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 33)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert right == [True] * 320
    close(app)


def test_a_used_up_pool_refuses_after_its_time_limit_and_recovers(any_database_url, data_dir):
    app = make_app(data_dir, any_database_url, THREADS=1, WRITE_THREADS=1, POOL_WAIT_SECONDS=0.2)
    pool = pool_of(app)
    inside, leave = threading.Barrier(5), threading.Event()

    def hold() -> None:
        lease = pool.lease()
        inside.wait()
        leave.wait(30)
        lease.release()

    holders = [threading.Thread(target=hold) for _ in range(4)]
    for holder in holders:
        holder.start()
    inside.wait()
    with pytest.raises(PoolExhaustedError):
        pool.lease()
    assert app.test_client().get("/readyz").status_code == 503
    leave.set()
    for holder in holders:
        holder.join()
    assert app.test_client().get("/").status_code == 200
    close(app)


def test_greenlets_have_stacks_of_their_own(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "tests.support.greenlets", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == ["40", "greenlets", "0", "leased"]


def test_a_killed_connection_commits_nothing(mariadb_url, mariadb_server, data_dir):
    app = make_app(data_dir, mariadb_url)
    with app.app_context():
        sql = app.extensions["container"].core.sql
        sql.fetchone("SELECT 1")

        def write_and_be_killed() -> None:
            with sql.transaction() as cursor:
                cursor.execute(INSERT, {"isbn": "1", "title": "first half"})
                ident = cursor.execute("SELECT CONNECTION_ID()").fetchone()[0]
                with mariadb_server.connect() as admin, admin.cursor() as killer:
                    killer.execute(f"KILL {ident}")
                cursor.execute(INSERT, {"isbn": "2", "title": "second half"})

        with pytest.raises(pymysql.err.OperationalError):
            write_and_be_killed()
        assert sql.fetchone("SELECT COUNT(*) FROM book") == (0,)

        def orm_be_killed() -> None:
            with db.auto_commit() as session:
                session.add(Book(isbn13="1", title="first half"))
                ident = sql.fetchone("SELECT CONNECTION_ID()")[0]
                with mariadb_server.connect() as admin, admin.cursor() as killer:
                    killer.execute(f"KILL {ident}")
                session.add(Book(isbn13="2", title="second half"))

        with pytest.raises(Exception, match=r"2006|2013|1927"):
            orm_be_killed()
        assert sql.fetchone("SELECT COUNT(*) FROM book") == (0,)
    close(app)


def test_an_idle_connection_that_died_in_the_pool_is_replaced_unseen(mariadb_url, mariadb_server, data_dir):
    app = make_app(data_dir, mariadb_url)
    with app.app_context():
        sql = app.extensions["container"].core.sql
        ident = sql.fetchone("SELECT CONNECTION_ID()")[0]
        with mariadb_server.connect() as admin, admin.cursor() as killer:
            killer.execute(f"KILL {ident}")
        assert sql.fetchone("SELECT 1") == (1,)
    close(app)
