"""Read the names by which books are listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, in_list
from app.domain.book import BookFacts
from app.domain.catalogue_name import NameKind
from app.libs.batches import batches
from app.queries.book import split_list

_IDS_PER_STATEMENT = 1_000
_NAMES_PER_STATEMENT = 5_000


@dataclass(frozen=True, slots=True)
class CatalogueNameRow:
    """A name as it is usually spelt, how many books have it, and how many of these can be had."""

    id: int
    kind: NameKind
    name_key: str
    shown: str
    books: int
    had: int


@dataclass(frozen=True, slots=True)
class NameRoundRow:
    """How far the names are written: up to the term `upto`, in the round of that time (epoch seconds); `ended_time` is 0 on the way."""

    begun_time: int
    ended_time: int
    upto: str


_NAME = RowMapper(CatalogueNameRow)
_ROUND = RowMapper(NameRoundRow)


class CatalogueNameQueries:
    """Look up names, and what they are made from."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def find(self, kind: NameKind, name_key: str) -> CatalogueNameRow | None:
        """Return the name with this key, or None; the names are written once a day, and of authors with two books at least."""
        row = self._sql.fetchone(
            f"SELECT {_NAME.columns} FROM catalogue_name WHERE kind = :kind AND name_key = :name_key",
            {"kind": kind, "name_key": name_key},
        )
        return _NAME.read_optional(row)

    def list_largest(self, kind: NameKind, limit: int) -> tuple[CatalogueNameRow, ...]:
        """Return the names of a kind that most books have, at most `limit`, along an index; one statement."""
        rows = self._sql.fetchall(
            f"SELECT {_NAME.columns} FROM catalogue_name WHERE kind = :kind ORDER BY books DESC, id DESC LIMIT :limit",
            {"kind": kind, "limit": limit},
        )
        return _NAME.read_all(rows)

    def find_last_id(self) -> int:
        """Return the highest id of a name; 0 where there is none."""
        return int(self._sql.fetchvalue("SELECT MAX(id) FROM catalogue_name") or 0)

    def walk(self, after: int, upto: int) -> Iterator[tuple[str, str]]:
        """Yield (kind, spelling) of the names with after < id <= upto, in order, a few thousand at a time."""
        page = "SELECT id, kind, shown FROM catalogue_name WHERE id > :after AND id <= :upto ORDER BY id LIMIT :limit"
        last = after
        while rows := self._sql.fetchall(page, {"after": last, "upto": upto, "limit": _NAMES_PER_STATEMENT}):
            yield from ((kind, shown) for _, kind, shown in rows)
            last = rows[-1][0]

    def list_keys(self, kind: NameKind, after: str, upto: str, *, limit: int) -> tuple[CatalogueNameRow, ...]:
        """Return the names of a kind behind one key up to another one, in their order, at most `limit`."""
        rows = self._sql.fetchall(
            f"SELECT {_NAME.columns} FROM catalogue_name WHERE kind = :kind AND name_key > :after AND name_key <= :upto "
            "ORDER BY name_key LIMIT :limit",
            {"kind": kind, "after": after, "upto": upto, "limit": limit},
        )
        return _NAME.read_all(rows)

    def find_newest_change(self) -> int:
        """Return the number of the newest change of what a book is found by; 0 where none waits."""
        return int(self._sql.fetchvalue("SELECT MAX(seq) FROM search_change") or 0)

    def list_changes(self, after: int, limit: int) -> list[tuple[int, tuple[bytes, ...]]]:
        """Return the next changes behind one, as (number, all terms of the book), at most `limit`."""
        rows = self._sql.fetchall(
            "SELECT seq, terms FROM search_change WHERE seq > :after ORDER BY seq LIMIT :limit",
            {"after": after, "limit": limit},
        )
        return [(seq, tuple(terms.split(b"\n"))) for seq, terms in rows]

    def find_round(self) -> NameRoundRow | None:
        """Return how far the names are written; None before the first time."""
        return _ROUND.read_optional(self._sql.fetchone(f"SELECT {_ROUND.columns} FROM name_round WHERE id = 1"))

    def list_named(self, ids: Sequence[int]) -> dict[int, BookFacts]:
        """Return of those books that exist what they are named by (authors, series, publisher, subjects), by their ids."""
        found: dict[int, BookFacts] = {}
        for some in batches(ids, _IDS_PER_STATEMENT):
            marks, params = in_list("i", some)
            rows = self._sql.fetchall(
                f"SELECT id, authors, series, publisher, subjects FROM book WHERE id IN ({marks})", params
            )
            for id_, authors, series, publisher, subjects in rows:
                found[id_] = BookFacts(
                    isbn13="",
                    title="",
                    authors=split_list(authors),
                    series=series,
                    publisher=publisher,
                    subjects=split_list(subjects),
                )
        return found
