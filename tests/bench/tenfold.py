"""`bench tenfold`: an index ten times as large as its catalogue, to see how questions grow with it when time for more is short.

Each book of a measured catalogue stands for ten: every posting list is copied ten times, each time with all positions shuffled anew over the
whole width. So lists are ten times as long, as mixed as real ones, and as many.
"""

from __future__ import annotations

import random
import time
from array import array
from collections.abc import Iterator
from pathlib import Path

import click

from app.container import Container
from app.search.posting.assemble import Assembler
from app.search.posting.docs import BLOCK, decode_block
from app.search.posting.index import PostingIndex
from app.search.posting.merge import Merge
from app.search.posting.sqlite_store import SqliteStore
from tests.bench.questions import choose
from tests.bench.search import row, time_index
from tests.bench.stand import HEAD, opened

COPIES = 10
URL = "sqlite:///yushu.sqlite"


@click.command()
@click.option("--books", default=1_000_000, show_default=True, help="size of a catalogue that `bench search` has kept")
@click.option("--folder", type=click.Path(path_type=Path), required=True, help="where it was kept")
@click.option("--runs", default=1000, show_default=True, help="questions per row")
def tenfold(books: int, folder: Path, runs: int) -> None:
    """Time questions on an index ten times as large as a catalogue on SQLite."""
    place = folder / f"sqlite-{books}"
    with opened(place, URL) as app:
        container: Container = app.extensions["container"]
        number = container.search_index.status().generation
        small, large = SqliteStore(place / "search"), SqliteStore(place / "tenfold")
        start = time.process_time()
        if not large.size(number):
            _copy(container, small, large, number)
        click.echo(f"\n== {books:,} books on sqlite, and an index of {COPIES * books:,}")
        click.echo(
            f"   made in {time.process_time() - start:.0f} s of one core; {large.size(number) / books / COPIES:.1f} bytes/book"
        )
        asked = choose(container, runs)
        row("", HEAD)
        for name, store in ((f"{books:,}: ", small), (f"{COPIES * books:,}: ", large)):
            builder = container.search_index._builder  # type: ignore[attr-defined]
            index = PostingIndex(
                container.sql,
                container.search_index._books,
                store,
                container.clock,
                builder,  # type: ignore[attr-defined]
            )
            time_index(index, asked, name)


def _copy(container: Container, small: SqliteStore, large: SqliteStore, number: int) -> None:
    merge = Merge(container.sql, container.search_index._books, small, number)  # type: ignore[attr-defined]
    assembler = Assembler(large.create(number))
    luck = random.Random(4)
    shuffles = []
    for copy in range(COPIES):
        places = list(range(merge.books))
        luck.shuffle(places)
        shuffles.append(array("I", (place * COPIES + copy for place in places)))
    for book_id, ver in _docs(container, small, number, shuffles, merge.books):
        assembler.add_book(book_id, ver, 0)
    for key, positions in merge._old_lists():
        copies = (shuffle[position] for shuffle in shuffles for position in positions)
        assembler.add_list(key, array("I", sorted(copies)))
    assembler.finish()
    assembler.close()


def _docs(
    container: Container, store: SqliteStore, number: int, shuffles: list[array[int]], books: int
) -> Iterator[tuple[int, int]]:
    ids, vers = array("Q"), array("I")
    with container.sql as cursor, store.reading(number, cursor) as reader:
        for block in range(-(-books // BLOCK)):
            ((_, data),) = reader.docs([block])
            some_ids, some_vers = decode_block(data)
            ids.extend(iter(some_ids))
            vers.extend(some_vers)
    here = array("I", bytes(4 * books * COPIES))
    for shuffle in shuffles:
        for position, place in enumerate(shuffle):
            here[place] = position
    for position in here:
        yield ids[position], vers[position]
