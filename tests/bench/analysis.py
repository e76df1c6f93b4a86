"""`bench analysis`: how fast texts become terms, and queries become plans, on one core."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

import click

from app.search import analyzer
from app.search.analyzer import terms
from app.search.query_parser import parse_query
from tests.golden.judge import read_golden
from tests.golden.starter import read_starter


@click.command("analysis")
@click.option("--rounds", default=3, show_default=True, help="The best of so many is printed.")
def analysis(rounds: int) -> None:
    """Print books per second of analysis, pinyin included, and microseconds per query read."""
    books = read_starter()
    chinese = [facts for facts in books if facts.language.startswith("zh")]
    others = [facts for facts in books if not facts.language.startswith("zh")]
    for name, some in (("all books", books), ("Chinese books", chinese), ("other books", others)):
        click.echo(f"{name:14} {len(some):6} {len(some) / _fastest(terms, some, rounds):10,.0f} books/s")
    queries = [golden.query for golden in read_golden()]
    click.echo(
        f"{'queries':14} {len(queries):6} {1e6 * _fastest(parse_query, queries, rounds) / len(queries):10.1f} µs a query"
    )
    click.echo(f"terms a book   {sum(len(terms(facts).words) for facts in books) / len(books):17.1f}")


def _fastest(work: Callable[[Any], object], things: Iterable[Any], rounds: int) -> float:
    """Return the seconds of the fastest round, each without what the last one remembers; the first, which imports, does not count."""
    spent = []
    for _ in range(rounds + 1):
        for kept in (analyzer._author, analyzer._name_words, analyzer._phrase, analyzer.word_term):
            kept.cache_clear()
        began = perf_counter()
        for thing in things:
            work(thing)
        spent.append(perf_counter() - began)
    return min(spent[1:])
