"""`bench analysis`: how fast texts become terms, books the keys of works, and queries plans, on one core."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import perf_counter, process_time
from typing import Any

import click

from app.domain import author_key, book_kinds, work
from app.search import analyzer
from app.search.analyzer import terms
from app.search.query_parser import parse_query
from tests.golden.judge import read_golden
from tests.golden.starter import read_starter

#: What is remembered from one book to the next.
KEPT = (
    analyzer._author, analyzer._name_words, analyzer._phrase, analyzer.word_term, author_key.author_key, book_kinds._sounds,
    book_kinds._is_textbook_publisher, book_kinds._is_course_publisher, work._mark_of_series,
    work._mark_of_publisher, work._main_language,
)  # fmt: skip


@click.command("analysis")
@click.option("--rounds", default=3, show_default=True, help="The best of so many is printed.")
def analysis(rounds: int) -> None:
    """Print books per second of analysis, pinyin included, and of keys of works, and microseconds per query read.

    The keys and what they are compared with are counted by the processor's time, which a busy machine changes less.
    """
    books = read_starter()
    chinese = [facts for facts in books if facts.language.startswith("zh")]
    others = [facts for facts in books if not facts.language.startswith("zh")]
    for name, some in (("all books", books), ("Chinese books", chinese), ("other books", others)):
        click.echo(f"{name:14} {len(some):6} {len(some) / _fastest(terms, some, rounds):10,.0f} books/s")
    spent = _fastest(lambda facts: work.work_key(facts).hash, books, rounds, process_time)
    ratio = _fastest(terms, books, rounds, process_time) / spent
    click.echo(f"{'keys of works':14} {len(books):6} {len(books) / spent:10,.0f} books/s, {ratio:.1f} times the terms")
    queries = [golden.query for golden in read_golden()]
    click.echo(
        f"{'queries':14} {len(queries):6} {1e6 * _fastest(parse_query, queries, rounds) / len(queries):10.1f} µs a query"
    )
    click.echo(f"terms a book   {sum(len(terms(facts).words) for facts in books) / len(books):17.1f}")


def _fastest(
    work: Callable[[Any], object], things: Iterable[Any], rounds: int, clock: Callable[[], float] = perf_counter
) -> float:
    """Return the seconds of the fastest round, each without what the last one remembers; the first, which imports, does not count."""
    spent = []
    for _ in range(rounds + 1):
        for kept in KEPT:
            kept.cache_clear()
        began = clock()
        for thing in things:
            work(thing)
        spent.append(clock() - began)
    return min(spent[1:])
