"""The changes since the live generation, as rows that are written with the book: one for each state, with all its terms.

Processes keep what they have read of it in memory to answer questions (`memory_delta.py`); a merge takes it in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.db.sql_helper import QueryCursor, SqlHelper, in_list
from app.search.index.port import IndexEntry
from app.search.index.posting_list import key_of

_STATES_PER_STEP = 500
_ADD = "INSERT INTO search_change (book, version, rank_value, merged_in, terms) VALUES (:book, :version, :rank_value, 0, :terms)"


@dataclass(frozen=True, slots=True)
class Change:
    """One waiting state of a book."""

    book: int
    version: int
    rank_value: int
    terms: tuple[bytes, ...]


def add(sql: SqlHelper, entries: Sequence[IndexEntry]) -> None:
    """Write states of books on the open transaction."""
    sql.execute_many(
        _ADD,
        [
            {
                "book": entry.book_id,
                "version": entry.version,
                "rank_value": entry.rank_value,
                "terms": b"\n".join(sorted(map(key_of, entry.terms.words))),
            }
            for entry in entries
        ],
    )


def count_waiting(cursor: QueryCursor, generation: int) -> int:
    """Return how many changes the generation does not hold."""
    query = "SELECT COUNT(*) FROM search_change WHERE merged_in = 0 OR merged_in <> :generation"
    return int(cursor.execute(query, {"generation": generation}).fetchvalue())


def mark(sql: SqlHelper, generation: int, confirm: Callable[[QueryCursor], None]) -> None:
    """Note on all changes that are waiting now that this generation is to hold them.

    :param confirm: raises if the right to build is lost; asked in every transaction.
    """
    first, last = sql.fetchone("SELECT MIN(seq), MAX(seq) FROM search_change") or (None, None)
    if first is None:
        return
    done = first - 1
    while done < last:
        upto = min(done + _STATES_PER_STEP, last)
        with sql.transaction() as cursor:
            confirm(cursor)
            cursor.execute(
                "UPDATE search_change SET merged_in = :generation WHERE seq > :done AND seq <= :upto",
                {"generation": generation, "done": done, "upto": upto},
            )
        done = upto


def list_changes(sql: SqlHelper, generation: int) -> Iterator[Change]:
    """Return the changes marked for a generation, oldest first."""
    after = 0
    while True:
        rows = sql.fetchall(
            "SELECT seq, book, version, rank_value, terms FROM search_change "
            "WHERE merged_in = :generation AND seq > :after ORDER BY seq LIMIT :limit",
            {"generation": generation, "after": after, "limit": _STATES_PER_STEP},
        )
        for _, book, version, rank_value, terms in rows:
            yield Change(book, version, rank_value, tuple(terms.split(b"\n")) if terms else ())
        if len(rows) < _STATES_PER_STEP:
            return
        after = rows[-1][0]


def remove_some_merged(sql: SqlHelper, generation: int) -> int:
    """Delete, in one short transaction, a few of the changes that the live generation holds; return how many."""
    found = sql.fetchcolumn(
        "SELECT seq FROM search_change WHERE merged_in > 0 AND merged_in <= :generation LIMIT :limit",
        {"generation": generation, "limit": _STATES_PER_STEP},
    )
    if found:
        marks, params = in_list("s", found)
        with sql.transaction() as cursor:
            cursor.execute(f"DELETE FROM search_change WHERE seq IN ({marks})", params)
    return len(found)
