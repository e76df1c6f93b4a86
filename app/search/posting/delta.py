"""Search: the changes since the live generation, as plain rows that are written with the book.

`search_delta` answers queries: an AND looks from the states of the rarest term at the others. Its key is rank order: `v` is the rank counted
down, and `book` is the negated id, so that newer books come first among equals. `search_change` keeps each state's terms together,
for the merge and for removing its rows afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.libs.sql_helper import Cursor, SqlHelper, in_list
from app.search.index import IndexEntry
from app.search.posting.lists import key_of
from app.search.posting.walk import KeyPlan

COMPLETED_ROWS = 400
_WAITING = "FROM search_change WHERE merged_in = 0 OR merged_in < :generation OR merged_in > :generation"
_STATES_PER_STEP = 500
_REMOVED_PER_STEP = 20
_ADD_TERM = "INSERT INTO search_delta (term, v, book, ver) VALUES (:term, :v, :book, :ver)"
_ADD_CHANGE = (
    "INSERT INTO search_change (book, ver, v, rank_value, merged_in, terms) "
    "VALUES (:book, :ver, :v, :rank_value, 0, :terms)"
)

_LARGEST_RANK = (1 << 20) - 1

Entry = tuple[int, int, int]
"""(v, book, ver): where a state stands in rank order, and what it is"""


def place_of(rank_value: int) -> int:
    """Return v for a rank, and the rank for v."""
    return _LARGEST_RANK - rank_value


@dataclass(frozen=True, slots=True)
class Change:
    """One waiting state of a book."""

    seq: int
    book: int
    ver: int
    v: int
    rank_value: int
    terms: tuple[bytes, ...]


def add(sql: SqlHelper, entries: Sequence[IndexEntry]) -> None:
    """Write states of books on the open transaction; a state that is there already stays as it is."""
    terms: list[dict[str, object]] = []
    changes: list[dict[str, object]] = []
    for entry in entries:
        state = {"v": place_of(entry.rank_value), "book": -entry.book_id, "ver": entry.ver}
        keys = sorted(key_of(term) for term in entry.terms.words)
        terms += [{"term": key, **state} for key in keys]
        changes.append({**state, "book": entry.book_id, "rank_value": entry.rank_value, "terms": b"\n".join(keys)})
    ignore = "INSERT OR IGNORE" if sql.dialect == "sqlite" else "INSERT IGNORE"
    sql.execute_many(_ADD_TERM.replace("INSERT", ignore, 1), terms)
    sql.execute_many(_ADD_CHANGE, changes)


class DeltaMatches:
    """The waiting states that match any of the plans, in rank order; fetched four times as many when they run out.

    :param position_of: gives the position in rank order of a rank value.
    """

    def __init__(
        self, cursor: Cursor | None, plans: Sequence[KeyPlan], limit: int, position_of: Callable[[int], int]
    ) -> None:
        self._cursor = cursor
        self._plans = plans
        self._limit = limit
        self._position_of = position_of
        self._rows = self._fetch()
        self._next = 0

    def before(self, position: int | None) -> Iterator[Entry]:
        """Take the entries up to a position in rank order; all that are left if it is None."""
        while True:
            while self._next < len(self._rows) and (
                position is None or self._position_of(place_of(self._rows[self._next][0])) <= position
            ):
                self._next += 1
                yield self._rows[self._next - 1]
            if self._next < len(self._rows) or len(self._rows) < self._limit:
                return
            self._limit *= 4
            self._rows = self._fetch()

    def _fetch(self) -> list[Entry]:
        parts = []
        params: dict[str, object] = {"limit": self._limit}
        for number, plan in enumerate(self._plans):
            keys = [f"p{number}t{place}" for place in range(len(plan))]
            params.update(zip(keys, plan, strict=True))
            parts.append(
                f"SELECT * FROM (SELECT a.v, a.book, a.ver {_states(keys)} ORDER BY 1, 2, 3 LIMIT :limit) AS d{number}"
            )
        if self._cursor is None or not parts:
            return []
        query = f"SELECT v, book, ver FROM ({' UNION '.join(parts)}) AS d ORDER BY v, book, ver LIMIT :limit"
        return [(row[0], -row[1], row[2]) for row in self._cursor.execute(query, params)]


def count_waiting(cursor: Cursor, generation: int) -> int:
    """Return how many changes the generation does not hold."""
    row = cursor.execute(f"SELECT COUNT(*) {_WAITING}", {"generation": generation}).fetchone()
    return int(row[0]) if row else 0


def known_terms(cursor: Cursor, terms: Sequence[bytes]) -> list[bytes]:
    """Return those of the terms that a waiting change has."""
    if not terms:
        return []
    marks, params = in_list("t", terms)
    rows = cursor.execute(f"SELECT DISTINCT term FROM search_delta WHERE term IN ({marks})", params)
    return [row[0] for row in rows]


def count_live(cursor: Cursor, plans: Sequence[KeyPlan], filters: Sequence[bytes]) -> list[int]:
    """Return how many books match any of the plans by the state that they are in now, in all and then with each of the filters."""
    if not plans:
        return [0] * (1 + len(filters))
    params: dict[str, object] = {}
    parts = []
    for number, plan in enumerate(plans):
        keys = [f"p{number}t{place}" for place in range(len(plan))]
        params.update(zip(keys, plan, strict=True))
        parts.append(f"SELECT a.v, a.book, a.ver {_states(keys)}")
    params.update({f"f{number}": term for number, term in enumerate(filters)})
    counts = ["COUNT(*)", *(f"COALESCE(SUM({_has(f'f{number}', 'd')}), 0)" for number in range(len(filters)))]
    counted = cursor.execute(
        f"SELECT {', '.join(counts)} FROM ({' UNION '.join(parts)}) AS d JOIN book b ON b.id = -d.book AND b.ver = d.ver",
        params,
    ).fetchone()
    return [int(count) for count in counted or ()]


def list_terms(cursor: Cursor, first: bytes, end: bytes) -> list[tuple[bytes, int, int]]:
    """Return (term, states, best rank) of waiting terms with first <= term < end, of the first rows only."""
    query = (
        "SELECT term, COUNT(*), MIN(v) FROM (SELECT term, v FROM search_delta WHERE term >= :first AND term < :end "
        "ORDER BY term LIMIT :limit) AS d GROUP BY term"
    )
    rows = cursor.execute(query, {"first": first, "end": end, "limit": COMPLETED_ROWS})
    return [(row[0], row[1], place_of(row[2])) for row in rows]


def mark(sql: SqlHelper, generation: int, confirm: Callable[[Cursor], None]) -> None:
    """Note on all changes that are waiting now that this generation is to hold them.

    :param confirm: raises if the right to build is lost; asked in every transaction.
    """
    row = sql.fetchone("SELECT MIN(seq), MAX(seq) FROM search_change")
    if row is None or row[0] is None:
        return
    done, last = row[0] - 1, row[1]
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
            "SELECT seq, book, ver, v, rank_value, terms FROM search_change "
            "WHERE merged_in = :generation AND seq > :after ORDER BY seq LIMIT :limit",
            {"generation": generation, "after": after, "limit": _STATES_PER_STEP},
        )
        for row in rows:
            yield Change(row[0], row[1], row[2], row[3], row[4], tuple(row[5].split(b"\n")) if row[5] else ())
        if len(rows) < _STATES_PER_STEP:
            return
        after = rows[-1][0]


def remove_some_merged(sql: SqlHelper, generation: int) -> int:
    """Delete, in one short transaction, a few of the changes that the live generation holds; return how many.

    Older ones first, so that as long as a book has a change there, it has that of its present state.
    """
    rows = sql.fetchall(
        "SELECT seq, book, ver, v, terms FROM search_change WHERE merged_in > 0 AND merged_in <= :generation "
        "ORDER BY seq LIMIT :limit",
        {"generation": generation, "limit": _REMOVED_PER_STEP},
    )
    if not rows:
        return 0
    terms = (
        {"term": term, "v": row[3], "book": -row[1], "ver": row[2]} for row in rows for term in row[4].split(b"\n")
    )
    with sql.transaction() as cursor:
        cursor.executemany(
            "DELETE FROM search_delta WHERE term = :term AND v = :v AND book = :book AND ver = :ver", terms
        )
        cursor.executemany("DELETE FROM search_change WHERE seq = :seq", ({"seq": row[0]} for row in rows))
        cursor.execute("UPDATE search_pointer SET tidied = tidied + 1 WHERE id = 1")
    return len(rows)


def _states(keys: Sequence[str]) -> str:
    """Return FROM and WHERE of one plan: the first term's states that have the others too.

    EXISTS and not JOIN: SQLite tries the orders of a join of twelve for 50 ms, whatever one tells it.
    """
    others = (_has(key, "a") for key in keys[1:])
    return f"FROM search_delta a WHERE {' AND '.join((f'a.term = :{keys[0]}', *others))}"


def _has(key: str, state: str) -> str:
    """Return the condition that a state has one more term."""
    same = f"t.v = {state}.v AND t.book = {state}.book AND t.ver = {state}.ver"
    return f"EXISTS (SELECT 1 FROM search_delta t WHERE t.term = :{key} AND {same})"
