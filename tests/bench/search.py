"""`bench search`: how fast and how large the index is, next to what else a user would pick."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

import click

from app.container import Container
from app.domain.catalogue_name import NameKind
from app.domain.neighbours import NEIGHBOURS_SHOWN
from app.extensions import db
from app.search import analyzer
from app.search.index.generation import Generation
from app.search.index.memory_delta import MemoryDelta
from app.search.index.port import Index, IndexEntry, TermSet
from app.search.lists import CatalogueLists
from app.search.search import Search
from tests.bench.harness import HEAD, Times, build, fill, opened, time_each
from tests.bench.questions import Questions, choose
from tests.bench.rivals import RIVALS
from tests.support.mariadb import Server

SPAWN = get_context("spawn")
RUNS = 2000
WRITES_PER_SECOND = 50


@click.command()
@click.option("--books", default="100000,1000000", show_default=True, help="sizes, with commas")
@click.option("--database", type=click.Choice(["sqlite", "mariadb"]), default="sqlite", show_default=True)
@click.option("--runs", default=RUNS, show_default=True, help="questions per row")
@click.option("--deltas", default="1000,10000", show_default=True, help="numbers of waiting changes to measure with")
@click.option("--rivals/--no-rivals", default=True, show_default=True, help="measure LIKE and full-text indexes too")
@click.option("--rebuild/--no-rebuild", default=True, show_default=True, help="or use a kept index as it is")
@click.option("--folder", type=click.Path(path_type=Path), help="keep catalogues here, and use those that are here")
def search(
    books: str, database: str, runs: int, deltas: str, *, rivals: bool, rebuild: bool, folder: Path | None
) -> None:
    """Build catalogues of several sizes and time all kinds of questions, in milliseconds (p50, p99)."""
    sizes = [int(size) for size in books.split(",")]
    waits = [int(count) for count in deltas.split(",") if count]
    with ExitStack() as stack:
        home = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        server = stack.enter_context(Server(_fresh(home / "server"), *_SERVER)) if database == "mariadb" else None
        for size in sizes:
            url = server.create_database(f"b{size}") if server else "sqlite:///yushu.sqlite"
            place = _fresh(home / f"mariadb-{size}") if server else home / f"sqlite-{size}"
            _prepare(place, url, size, with_build=rebuild or server is not None)
            _measure(place, url, runs, waits, with_rivals=rivals)


_SERVER = ("--innodb-buffer-pool-size=2G", "--innodb-flush-log-at-trx-commit=2", "--skip-log-bin")


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _prepare(folder: Path, url: str, size: int, *, with_build: bool) -> None:
    click.echo(f"\n== {size:,} books on {_kind(url)}")
    click.echo(f"   filled in {fill(folder, url, size):.0f} s")
    if not with_build:
        return
    built = build(folder, url)
    rate = size / (built.seconds - built.analysis_seconds)
    click.echo(
        f"   built in {built.seconds:.1f} s of one core, {built.analysis_seconds:.1f} s of them analysis: {rate:,.0f} books/s "
        f"besides; peak {built.peak_megabytes:.0f} MB; {built.bytes_on_disk / size:.1f} bytes/book on disk "
        f"({built.bytes_without_typos / size:.1f} without the typo table)"
    )


def _kind(url: str) -> str:
    return "sqlite" if url.startswith("sqlite") else "mariadb"


def _measure(folder: Path, url: str, runs: int, waits: list[int], *, with_rivals: bool) -> None:
    with opened(folder, url) as app:
        container: Container = app.extensions["container"]
        asked = choose(container, runs)
        _row("", HEAD)
        _time_index(container, asked)
        finder = _fresh_search(container)
        _row("whole search: mix of ten kinds (Search.find)", time_each(asked.texts, finder.find))
        _row("whole search: the same with the editions of a work in one row", time_each(asked.texts, _grouped(finder)))
        _time_lists(container, asked, finder)
        _row("whole suggestion, any length (Search.suggest)", time_each(asked.typed, finder.suggest))
        if with_rivals:
            for rival in RIVALS[_kind(url)]:
                for name, times in rival(container, asked):
                    _row(name, times)
        _mixes(container, asked, folder, url, waits)


def _row(name: str, times: Times | str) -> None:
    """Print one row of the table."""
    click.echo(f"   {name:<60} {times}")


def _time_index(container: Container, asked: Questions) -> None:
    """Time the index alone: plans in, twenty rows and a total out."""
    index, twenty = container.catalogue.search_index, _twenty_of(container)
    _row("index: mix of ten kinds, 20 rows", time_each(asked.plans, lambda plan: index.candidates([plan], limit=20)))
    _row("index: mix of ten kinds, 20 rows and total", time_each(asked.plans, twenty))
    _row("index: one common word, 20 rows and total", time_each([asked.common] * 500, twenty))
    _row("index: worst pair of common words, 20 rows and total", time_each([asked.pair] * 500, twenty))
    _row("index: worst pair, caches emptied before each", time_each([asked.pair] * 100, _cold(index, twenty)))
    for length in (1, 2, 3, 4, 6):
        prefixes = sorted({text[: length + 1] for text in asked.words if len(text) > length})
        _row(f"index: complete {length} letters", time_each(prefixes[:500], index.complete))
    _row("index: correct a typo", time_each(asked.typos[:500], index.near))


def _time_lists(container: Container, asked: Questions, finder: Search) -> None:
    """Time the lists by a name, next to a search of one common word (`Search.find`), and write the names once."""
    lists = CatalogueLists(container.catalogue.books, container.catalogue.search_index, container.core.sql.reading)
    word = asked.common[0][1:]
    _row("whole search: one common word, grouped", time_each([word] * 500, _grouped(finder)))
    for kind, names in asked.names.items():
        common = Counter(names).most_common(1)[0][0]
        _row(f"list by a name: each {kind} of random books", time_each(names, partial(lists.list_books, kind)))
        _row(f"list by a name: the most frequent {kind}", time_each([common] * 500, partial(lists.list_books, kind)))
    liked = partial(lists.similar, limit=NEIGHBOURS_SHOWN)
    _row("books like a random one (CatalogueLists.similar)", time_each(asked.books, liked))
    publishers = asked.names[NameKind.PUBLISHER]
    newest = partial(lists.newest, NameKind.PUBLISHER, limit=20)
    _row("list by a name: feeds of publishers (CatalogueLists.newest)", time_each(publishers, newest))
    written = container.catalogue.name_writing
    start, cpu_start = time.perf_counter(), time.process_time()
    looked_at = written.write_all()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu_start
    click.echo(f"   {looked_at:,} names looked at in {seconds:.1f} s, {cpu:.1f} s of them of this process's core")


def _twenty_of(container: Container) -> Callable[[TermSet], None]:
    """Ask for twenty books and a total on one snapshot, as a search does."""
    index = container.catalogue.search_index

    def twenty(plan: TermSet) -> None:
        with container.core.sql.reading():
            if index.candidates([plan], limit=20).more:
                index.count([plan])

    return twenty


def _grouped(finder: Search) -> Callable[[str], object]:
    return lambda text: finder.find(text, grouped=True)


def _fresh_search(container: Container) -> Search:
    """Return a search that keeps no answers: each question is really asked."""
    return Search(container.catalogue.books, container.catalogue.search_index, container.core.sql.reading)


def _cold(index: Index, ask: Callable[[TermSet], None]) -> Callable[[TermSet], None]:
    def ask_cold(plan: TermSet) -> None:
        vars(index)["_generation"] = Generation(0, 0, (), ())
        ask(plan)

    return ask_cold


def _as_if_started(index: Index, ask: Callable[[TermSet], None]) -> Callable[[TermSet], None]:
    """Ask as a process does that has just started: it knows no changes yet."""

    def ask_first(plan: TermSet) -> None:
        vars(index)["_waiting"] = MemoryDelta(0, Generation(0, 0, (), ()), late=False)
        ask(plan)

    return ask_first


def _mixes(container: Container, asked: Questions, folder: Path, url: str, waits: list[int]) -> None:
    """Time the mix while changes wait, while somebody writes, and while the index is being merged."""
    kinds = {
        "index: mix": (asked.plans, _twenty_of(container)),
        "whole search: mix": (asked.texts, _fresh_search(container).find),
    }
    rng = random.Random(1)
    waiting = 0
    for wait in waits:
        _change(container, rng, wait - waiting)
        waiting = wait
        for name, (things, ask) in kinds.items():
            _row(f"{name}, {wait:,} changes waiting", time_each(things, ask))
        first = _as_if_started(container.catalogue.search_index, _twenty_of(container))
        _row(f"index: a process's first question, {wait:,} changes waiting", time_each([asked.common] * 10, first))
    with _beside(_write, folder, url):
        for name, (things, ask) in kinds.items():
            _row(f"{name}, a writer of {WRITES_PER_SECOND} books/s", time_each(things, ask))
    with _beside(_merge, folder, url) as merging:
        start = time.perf_counter()
        rounds: dict[str, list[Times]] = defaultdict(list)
        while merging.is_alive() or not rounds:
            for name, (things, ask) in kinds.items():
                rounds[name].append(time_each(things, ask, warm=False))
        took = time.perf_counter() - start
        for name, times in rounds.items():
            _row(f"{name}, during a merge ({took:.0f} s)", max(times, key=lambda one: one.p99))


def _change(container: Container, rng: random.Random, count: int) -> None:
    """Change so many books: a new version each, with its index entry."""
    last = container.core.sql.fetchvalue("SELECT MAX(id) FROM book") or 1
    ids = rng.sample(range(1, last + 1), count)
    for start in range(0, count, 100):
        _change_some(container, ids[start : start + 100])


def _change_some(container: Container, ids: list[int]) -> None:
    from app.queries.catalogue import IndexedBookQueries

    with db.auto_commit(), container.core.sql as cursor:
        cursor.executemany("UPDATE book SET version = version + 1 WHERE id = :id", [{"id": book} for book in ids])
        rows = IndexedBookQueries(container.core.sql).find_many(ids)
        container.catalogue.search_index.add(
            [
                IndexEntry(
                    book_id=row.id,
                    version=row.version,
                    rank_value=row.facts.popularity,
                    terms=analyzer.terms(row.facts),
                )
                for row in rows.values()
            ]
        )


@contextmanager
def _beside(work, folder: Path, url: str) -> Iterator[object]:
    """Run something in a process of its own meanwhile."""
    stop, ready = SPAWN.Event(), SPAWN.Event()
    process = SPAWN.Process(target=work, args=(folder, url, stop, ready), daemon=True)
    process.start()
    ready.wait(60)
    try:
        yield process
    finally:
        stop.set()
        process.join()


def _write(folder: Path, url: str, stop: Event, ready: Event) -> None:
    rng = random.Random(2)
    with opened(folder, url) as app:
        container: Container = app.extensions["container"]
        last = container.core.sql.fetchvalue("SELECT MAX(id) FROM book") or 1
        _change_some(container, [1])
        ready.set()
        due = time.monotonic()
        while not stop.is_set():
            _change_some(container, [rng.randint(1, last)])
            due += 1 / WRITES_PER_SECOND
            time.sleep(max(0.0, due - time.monotonic()))


def _merge(folder: Path, url: str, stop: Event, ready: Event) -> None:
    with opened(folder, url) as app:
        ready.set()
        app.extensions["container"].catalogue.search_index.merge()
