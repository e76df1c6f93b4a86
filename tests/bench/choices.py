"""`bench choices`: what some decisions of docs/adr cost or save, each against what was rejected."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import update

from app.container import Container, container
from app.extensions import db
from app.models.book import Book
from app.models.user import User
from app.queries.book import BOOK
from app.services.unit_of_work import UseCases
from tests.bench.harness import HEAD, Times, fill, opened, time_each
from tests.bench.synthetic_catalogue import batches
from tests.support.mariadb import Server
from tests.support.members import make_member

ROWS = 20
BATCH, TIMES = 1000, 5
RUNS = 300


@click.command("choices")
@click.option("--books", default=20_000, show_default=True, help="how many are in the catalogue")
@click.option("--database", type=click.Choice(["sqlite", "mariadb"]), default="sqlite", show_default=True)
def choices(books: int, database: str) -> None:
    """Time reading and writing books by hand and by models, use cases with and without their key, and parts of the container."""
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        if database == "mariadb":
            (Path(home) / "server").mkdir()
            with Server(Path(home) / "server") as server:
                _measure(Path(home) / "data", server.create_database("choices"), books)
        else:
            _measure(Path(home) / "data", "sqlite:///yushu.sqlite", books)


def _measure(folder: Path, url: str, books: int) -> None:
    fill(folder, url, books)
    with opened(folder, url) as app:
        click.echo(f"   {'':<56}{HEAD}")
        for name, times in (*_reads(books), *_writes(books), *_use_cases(app), *_look_ups(app)):
            click.echo(f"   {name:<56} {times}")


def _reads(books: int) -> list[tuple[str, Times]]:
    """Read twenty books by their ids, as a page of results does."""
    chance = random.Random(1)
    pages = [[chance.randrange(1, books + 1) for _ in range(ROWS)] for _ in range(RUNS)]
    sql = container.core.sql

    def by_hand(ids: list[int]) -> object:
        wanted = ", ".join(map(str, ids))
        return BOOK.read_all(sql.fetchall(f"SELECT {BOOK.columns} FROM book b WHERE b.id IN ({wanted})"))

    def by_models(ids: list[int]) -> object:
        with db.auto_commit():
            return [(book.title, book.authors) for book in Book.query.filter(Book.id.in_(ids))]

    def one_by_one(ids: list[int]) -> object:
        with db.auto_commit() as session:
            return [session.get(Book, number) for number in ids]

    ways = {"SqlHelper": by_hand, "models": by_models, "models, one by one (lazy loads)": one_by_one}
    return [(f"read {ROWS} books: {name}", time_each(pages, way)) for name, way in ways.items()]


def _writes(books: int) -> list[tuple[str, Times]]:
    """Insert a thousand books in one transaction."""
    rows = [row for some in batches(books + 2 * TIMES * BATCH, skip=books) for row in some]
    parts = [rows[start : start + BATCH] for start in range(0, TIMES * BATCH, BATCH)]
    others = [rows[start : start + BATCH] for start in range(TIMES * BATCH, 2 * TIMES * BATCH, BATCH)]
    names = list(rows[0])
    insert = f"INSERT INTO book ({', '.join(names)}, summary, create_time) VALUES ({', '.join(f':{name}' for name in names)}, '', 0)"

    def by_hand(some: list[dict[str, object]]) -> object:
        with db.auto_commit():
            return container.core.sql.execute_many(insert, some)

    def by_models(some: list[dict[str, object]]) -> object:
        with db.auto_commit() as session:
            session.add_all(Book(**row, create_time=0) for row in some)

    return [
        (f"write {BATCH:,} books: SqlHelper", time_each(parts, by_hand, warm=False)),
        (f"write {BATCH:,} books: models", time_each(others, by_models, warm=False)),
    ]


def _use_cases(app: Flask) -> list[tuple[str, Times]]:
    """Change one row: in a bare transaction, and as a use case, which leaves its key."""
    member = make_member(app).id
    use_cases = UseCases(container.core.clock)

    def change(number: int) -> None:
        db.session.execute(update(User).where(User.id == member).values(wants_mail=number % 2))

    def bare(number: int) -> None:
        with db.auto_commit():
            change(number)

    def nested(number: int) -> None:
        use_cases.run(lambda: use_cases.run(lambda: change(number)))

    ways: dict[str, Callable[[int], None]] = {
        "auto_commit": bare,
        "a use case": lambda number: use_cases.run(lambda: change(number)),
        "a use case within another": nested,
    }
    return [(f"change a row: {name}", time_each(range(RUNS), way)) for name, way in ways.items()]


def _look_ups(app: Flask) -> list[tuple[str, Times]]:
    """Find a part that is made already, a thousand times, and make all that a request for a book needs."""
    made: Container = app.extensions["container"]

    def by_proxy(_: int) -> None:
        for _look in range(1000):
            container.exchange.drifts  # noqa: B018 - the look-up is what is measured

    def directly(_: int) -> None:
        for _look in range(1000):
            made.exchange.drifts  # noqa: B018 - the look-up is what is measured

    return [
        ("find a part 1,000 times: container.exchange.drifts", time_each(range(30), by_proxy)),
        ("find a part 1,000 times: without the proxy", time_each(range(30), directly)),
        ("make a container and its drifts", time_each(range(30), lambda _: Container(app).exchange.drifts)),
    ]
