"""What a user would pick instead: LIKE, SQLite's FTS5, MariaDB's FULLTEXT, on the same books and questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.container import Container
from app.queries.indexed_books import IndexedBooks
from app.search.analyzer import terms
from app.search.index import Plan
from tests.bench.questions import Questions
from tests.bench.stand import Times, time_each

Rows = Iterator[tuple[str, Times]]
FEW = 40
SOME = 300


def like(container: Container, asked: Questions) -> Rows:
    """``title LIKE '%…%'``, the twenty most popular."""

    def ask(text: str) -> list[tuple[object, ...]]:
        query = "SELECT id, title FROM book WHERE title LIKE :like ORDER BY popularity DESC LIMIT 20"
        return container.sql.fetchall(query, {"like": f"%{text}%"})

    yield "LIKE: mix, title only", time_each(asked.texts[:FEW], ask, warm=False)


def fts5(container: Container, asked: Questions) -> Rows:
    """FTS5 over the very terms of our index, in rank order, so that rowid order is rank order."""
    books = IndexedBooks(container.sql)
    with container.sql.transaction() as cursor:
        cursor.execute("CREATE VIRTUAL TABLE IF NOT EXISTS idx_fts5 USING fts5(words, content='', tokenize='ascii')")
    after = None
    position = 0
    while some := books.list_ranked(after, 5000):
        rows = []
        for book in some:
            position += 1
            rows.append({"id": position, "words": " ".join(map(_token, terms(book.facts).words))})
        with container.sql.transaction() as cursor:
            cursor.executemany("INSERT INTO idx_fts5 (rowid, words) VALUES (:id, :words)", rows)
        after = (some[-1].facts.popularity, some[-1].id)
    for name, order in (("bm25", "rank"), ("rowid order", "rowid")):
        query = f"SELECT rowid FROM idx_fts5 WHERE idx_fts5 MATCH :match ORDER BY {order} LIMIT 20"

        def ask(plan: Plan, query: str = query) -> list[tuple[object, ...]]:
            return container.sql.fetchall(query, {"match": " ".join(map(_token, plan))})

        yield f"FTS5 {name}: mix, ids only", time_each(asked.plans[:SOME], ask)
        yield f"FTS5 {name}: one common word", time_each([asked.common] * 10, ask, warm=False)
        yield f"FTS5 {name}: worst pair", time_each([asked.pair] * 10, ask, warm=False)
    with container.sql.transaction() as cursor:
        cursor.execute("DROP TABLE idx_fts5")


def fulltext(container: Container, asked: Questions) -> Rows:
    """InnoDB FULLTEXT over the same terms, in boolean mode, by its own relevance."""
    books = IndexedBooks(container.sql)
    with container.sql.transaction() as cursor:
        cursor.execute("CREATE TABLE idx_fulltext (id INT PRIMARY KEY, words TEXT) ENGINE=InnoDB CHARACTER SET ascii")
    after = None
    while some := books.list_ranked(after, 2000):
        rows = [{"id": book.id, "words": " ".join(map(_token, terms(book.facts).words))} for book in some]
        with container.sql.transaction() as cursor:
            cursor.executemany("INSERT INTO idx_fulltext (id, words) VALUES (:id, :words)", rows)
        after = (some[-1].facts.popularity, some[-1].id)
    with container.sql.transaction() as cursor:
        cursor.execute("ALTER TABLE idx_fulltext ADD FULLTEXT (words)")
    query = (
        "SELECT id, MATCH (words) AGAINST (:match IN BOOLEAN MODE) AS score FROM idx_fulltext "
        "WHERE MATCH (words) AGAINST (:match IN BOOLEAN MODE) ORDER BY score DESC LIMIT 20"
    )

    def ask(plan: Plan) -> list[tuple[object, ...]]:
        return container.sql.fetchall(query, {"match": " ".join(f"+{_token(term)}" for term in plan)})

    yield "FULLTEXT: mix, ids only", time_each(asked.plans[:SOME], ask)
    yield "FULLTEXT: one common word", time_each([asked.common] * 5, ask, warm=False)
    yield "FULLTEXT: worst pair", time_each([asked.pair] * 5, ask, warm=False)
    with container.sql.transaction() as cursor:
        cursor.execute("DROP TABLE idx_fulltext")


def _token(term: str) -> str:
    """Write a term as one ASCII word that no tokenizer splits, and no stop word list knows."""
    return "x" + term.encode().hex()


RIVALS: dict[str, tuple[Callable[[Container, Questions], Rows], ...]] = {
    "sqlite": (like, fts5),
    "mariadb": (like, fulltext),
}
