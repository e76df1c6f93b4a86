"""What a user would pick instead: LIKE, SQLite's FTS5, MariaDB's FULLTEXT, tantivy, on the same books and questions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from app.container import Container
from app.queries.catalogue import IndexedBookQueries
from app.search.analyzer import terms
from app.search.index.port import TermSet
from tests.bench.harness import Times, time_each
from tests.bench.questions import Questions

Rows = Iterator[tuple[str, Times]]
SOME = 300
SECONDS = 20.0
"""A rival may be slow: a row takes no longer than twice this, and has fewer questions."""


def like(container: Container, asked: Questions) -> Rows:
    """``title LIKE '%…%'``, the twenty most popular."""

    def ask(text: str) -> list[tuple[object, ...]]:
        query = "SELECT id, title FROM book WHERE title LIKE :like ORDER BY popularity DESC LIMIT 20"
        return container.core.sql.fetchall(query, {"like": f"%{text}%"})

    yield "LIKE: mix, title only", time_each(asked.texts[:SOME], ask, warm=False, seconds=2 * SECONDS)


def fts5(container: Container, asked: Questions) -> Rows:
    """FTS5 over the very terms of our index, in rank order, so that rowid order is rank order."""
    with container.core.sql.transaction() as cursor:
        cursor.execute("DROP TABLE IF EXISTS idx_fts5")
        cursor.execute("CREATE VIRTUAL TABLE idx_fts5 USING fts5(words, content='', tokenize='ascii')")
    for rows in _documents(container, "FTS5"):
        with container.core.sql.transaction() as cursor:
            cursor.executemany("INSERT INTO idx_fts5 (rowid, words) VALUES (:place, :words)", rows)
    for name, order in (("bm25", "rank"), ("rowid order", "rowid")):
        query = f"SELECT rowid FROM idx_fts5 WHERE idx_fts5 MATCH :match ORDER BY {order} LIMIT 20"

        def ask(plan: TermSet, query: str = query) -> list[tuple[object, ...]]:
            return container.core.sql.fetchall(query, {"match": " ".join(map(_token, plan))})

        yield from _three_rows(f"FTS5 {name}", asked, ask)
    with container.core.sql.transaction() as cursor:
        cursor.execute("DROP TABLE idx_fts5")


def tantivy(container: Container, asked: Questions) -> Rows:
    """Tantivy over the same terms, where it is installed (`pip install tantivy`): by its own score, and in rank order."""
    if find_spec("tantivy") is None:
        return
    from tantivy import Document, Index, Occur, Order, Query, SchemaBuilder

    fields = SchemaBuilder()
    fields.add_unsigned_field("place", fast=True)
    fields.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    schema = fields.build()
    with TemporaryDirectory(prefix="bench-") as folder:
        index = Index(schema, path=folder)
        writer = index.writer(heap_size=256 << 20, num_threads=1)
        spent = 0.0
        for rows in _documents(container, "tantivy"):
            start = time.process_time()
            for row in rows:
                document = Document(words=row["words"])
                document.add_unsigned("place", row["place"])
                writer.add_document(document)
            spent += time.process_time() - start
        start = time.process_time()
        writer.commit()
        writer.wait_merging_threads()
        spent += time.process_time() - start
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
        click.echo(f"   tantivy: {spent:.1f} s of processor time besides analysis, {size / 1e6:.0f} MB")
        index.reload()
        searcher = index.searcher()
        ways = {
            "by score": {},
            "in rank order, and total": {"order_by_field": "place", "order": Order.Asc, "count": True},
        }
        for name, options in ways.items():

            def ask(plan: TermSet, options: dict[str, Any] = options) -> object:
                parts = [(Occur.Must, Query.term_query(schema, "words", _token(term))) for term in plan]
                return searcher.search(Query.boolean_query(parts), limit=20, **({"count": False} | options))

            yield from _three_rows(f"tantivy {name}", asked, ask)


def fulltext(container: Container, asked: Questions) -> Rows:
    """InnoDB FULLTEXT over the same terms, in boolean mode, by its own relevance."""
    with container.core.sql.transaction() as cursor:
        cursor.execute("DROP TABLE IF EXISTS idx_fulltext")
        cursor.execute("CREATE TABLE idx_fulltext (id INT PRIMARY KEY, words TEXT) ENGINE=InnoDB CHARACTER SET ascii")
    for rows in _documents(container, "FULLTEXT"):
        with container.core.sql.transaction() as cursor:
            cursor.executemany("INSERT INTO idx_fulltext (id, words) VALUES (:place, :words)", rows)
    with container.core.sql.transaction() as cursor:
        cursor.execute("ALTER TABLE idx_fulltext ADD FULLTEXT (words)")
    query = (
        "SELECT id, MATCH (words) AGAINST (:match IN BOOLEAN MODE) AS score FROM idx_fulltext "
        "WHERE MATCH (words) AGAINST (:match IN BOOLEAN MODE) ORDER BY score DESC LIMIT 20"
    )

    def ask(plan: TermSet) -> list[tuple[object, ...]]:
        return container.core.sql.fetchall(query, {"match": " ".join(f"+{_token(term)}" for term in plan)})

    yield from _three_rows("FULLTEXT", asked, ask)
    with container.core.sql.transaction() as cursor:
        cursor.execute("DROP TABLE idx_fulltext")


def _documents(container: Container, label: str) -> Iterator[list[dict[str, object]]]:
    """Yield all books in rank order, some at a time: the place of each and its terms as words."""
    books = IndexedBookQueries(container.core.sql)
    with click.progressbar(length=books.count(), label=f"   making {label}") as bar:
        after = None
        while some := books.list_ranked(after, 5000):
            texts = [" ".join(map(_token, terms(book.facts).words)) for book, _ in some]
            yield [{"place": place, "words": text} for place, text in enumerate(texts, bar.pos + 1)]
            bar.update(len(some))
            last, _ = some[-1]
            after = (last.facts.popularity, last.id)


def _three_rows(name: str, asked: Questions, ask: Callable[[TermSet], object]) -> Rows:
    yield f"{name}: mix, ids only", time_each(asked.plans[:SOME], ask, seconds=SECONDS)
    yield f"{name}: one common word", time_each([asked.common] * 20, ask, warm=False, seconds=SECONDS)
    yield f"{name}: worst pair", time_each([asked.pair] * 20, ask, warm=False, seconds=SECONDS)


def _token(term: str) -> str:
    """Write a term as one ASCII word that no tokenizer splits, and no stop word list knows."""
    return "x" + term.encode().hex()


RIVALS: dict[str, tuple[Callable[[Container, Questions], Rows], ...]] = {
    "sqlite": (like, fts5, tantivy),
    "mariadb": (like, fulltext),
}
