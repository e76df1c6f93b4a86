"""Read which cities are named, and the gifts in and around them. Of a city that too few members show nothing comes out of here.

A member sees no gifts of those from whom a block parts them; a guest sees all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, in_list
from app.domain.city_choice import SHOWN_FROM
from app.domain.gift import GiftState
from app.queries.book import BOOK, BookRow
from app.queries.matching import SELF, seen


@dataclass(frozen=True, slots=True, kw_only=True)
class CityGiftRow:
    """One copy that can be had, whose it is, and in which city, which is named."""

    gift_id: int
    book: BookRow
    member_id: int
    nickname: str
    condition: str
    postage: str
    note: str
    city_id: int
    city_named: bool = True
    since: datetime


@dataclass(frozen=True, slots=True)
class GiftLanguageRow:
    """A gift, the language of its book, and whether the gift says it already."""

    gift_id: int
    language: str
    is_written: bool


_GIFT = RowMapper(
    CityGiftRow,
    "g",
    gift_id="g.id",
    book=BOOK,
    member_id="g.user_id",
    nickname="u.nickname",
    condition="g.book_condition",
    city_named="1",
    since="g.open_time",
)
_LANGUAGE = RowMapper(GiftLanguageRow, gift_id="g.id", language="b.language", is_written="g.language IS NOT NULL")
_NAMED = f"members >= {SHOWN_FROM}"
_OPEN = f"state = '{GiftState.OPEN}'"
#: The languages of the newest copies in a city.
_LANGUAGES = (
    "SELECT DISTINCT language FROM (SELECT language FROM gift "
    f"WHERE city_id = :city AND {_OPEN} ORDER BY open_time DESC LIMIT :limit) c WHERE language <> '' ORDER BY language"
)


def _in_language(language: str | None) -> str:
    return " AND g.language = :language" if language is not None else ""


class CityQueries:
    """Look up cities and their gifts."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_named(self, *, limit: int) -> tuple[int, ...]:
        """List the numbers of cities that are named, at most `limit`."""
        found = self._sql.fetchcolumn(
            f"SELECT city_id FROM shown_city WHERE {_NAMED} ORDER BY members, city_id LIMIT :limit", {"limit": limit}
        )
        return tuple(found)

    def list_named_of(self, city_ids: Sequence[int]) -> frozenset[int]:
        """Return which of these cities are named; one statement."""
        if not city_ids:
            return frozenset()
        marks, params = in_list("city", city_ids)
        found = self._sql.fetchcolumn(f"SELECT city_id FROM shown_city WHERE city_id IN ({marks}) AND {_NAMED}", params)
        return frozenset(found)

    def list_gifts(
        self,
        city_ids: Sequence[int],
        *,
        limit: int,
        offset: int = 0,
        language: str | None = None,
        member_id: int | None = None,
        with_own: bool = False,
    ) -> tuple[CityGiftRow, ...]:
        """List what can be had in some cities, by the order of the cities, the newest first; one statement.

        It walks an index in each city no further than to the end of the page. Cities that are not named give nothing.

        :param language: of the books. :param member_id: who looks. :param with_own: whether their own gifts, by whichever account,
            are listed, too.
        """
        if not city_ids:
            return ()
        rest = _in_language(language) + ("" if with_own else f" AND g.user_id NOT IN {SELF}") + seen("g.user_id")
        branches = " UNION ALL ".join(
            f"SELECT * FROM (SELECT {rank} AS distance, g.id, g.open_time FROM gift g WHERE g.city_id = :city{rank} "
            f"AND g.{_OPEN}{rest} AND EXISTS (SELECT 1 FROM shown_city s WHERE s.city_id = :city{rank} "
            f"AND s.{_NAMED}) ORDER BY g.open_time DESC, g.id DESC LIMIT :end) c{rank}"
            for rank in range(len(city_ids))
        )
        rows = self._sql.fetchall(
            f"SELECT {_GIFT.columns} FROM (SELECT distance, id FROM ({branches}) c "
            "ORDER BY distance, open_time DESC, id DESC LIMIT :limit OFFSET :offset) n "
            "JOIN gift g ON g.id = n.id JOIN book b ON b.isbn13 = g.isbn13 "
            "JOIN user u ON u.id = g.user_id AND u.status = 1 ORDER BY n.distance, g.open_time DESC, g.id DESC",
            {f"city{rank}": city_id for rank, city_id in enumerate(city_ids)}
            | {"limit": limit, "offset": offset, "end": limit + offset, "language": language, "member": member_id},
        )
        return _GIFT.read_all(rows)

    def count_gifts(
        self, city_id: int, *, limit: int, language: str | None = None, member_id: int | None = None
    ) -> int:
        """Count what can be had in a city, which must be named, and the member who looks sees, no further than a limit."""
        rest = _in_language(language) + seen("g.user_id")
        counted = f"SELECT 1 FROM gift g WHERE g.city_id = :city AND g.{_OPEN}{rest} LIMIT :limit"
        params = {"city": city_id, "limit": limit, "language": language, "member": member_id}
        return int(self._sql.fetchvalue(f"SELECT COUNT(*) FROM ({counted}) c", params))

    def list_copies(
        self, isbns: Sequence[str], city_ids: Sequence[int], *, limit: int, member_id: int
    ) -> tuple[CityGiftRow, ...]:
        """List the newest copy that can be had of each of some editions in each of some named cities, by the order of the cities.

        One step of an index for each pair of them, however many copies there are; those of `member_id` are left out, and those that
        they do not see.
        """
        if not isbns or not city_ids:
            return ()
        editions = " UNION ALL ".join(f"SELECT :isbn{n} AS isbn13" for n in range(len(isbns)))
        cities = " UNION ALL ".join(f"SELECT {n} AS distance, :city{n} AS city_id" for n in range(len(city_ids)))
        newest = (
            f"SELECT id FROM gift o WHERE o.isbn13 = e.isbn13 AND o.{_OPEN} AND o.city_id = c.city_id "
            f"AND o.user_id NOT IN {SELF}{seen('o.user_id')} ORDER BY id DESC LIMIT 1"
        )
        rows = self._sql.fetchall(
            f"SELECT {_GIFT.columns} FROM (SELECT c.distance, ({newest}) AS id FROM ({editions}) e CROSS JOIN ({cities}) c "
            f"JOIN shown_city s ON s.city_id = c.city_id AND s.{_NAMED}) n "
            "JOIN gift g ON g.id = n.id JOIN book b ON b.isbn13 = g.isbn13 "
            "JOIN user u ON u.id = g.user_id AND u.status = 1 ORDER BY n.distance, g.open_time DESC, g.id DESC LIMIT :limit",
            {f"isbn{n}": isbn for n, isbn in enumerate(isbns)}
            | {f"city{n}": city_id for n, city_id in enumerate(city_ids)}
            | {"limit": limit, "member": member_id},
        )
        return _GIFT.read_all(rows)

    def list_languages_in(self, city_id: int, *, limit: int) -> tuple[str, ...]:
        """List the languages of what can be had in a city, of the newest copies up to a limit."""
        return tuple(self._sql.fetchcolumn(_LANGUAGES, {"city": city_id, "limit": limit}))

    def find_languages_upto(self, name: str) -> int:
        """Return up to which gift languages are written, as the number of this name says."""
        return self._sql.fetchvalue("SELECT number FROM site_count WHERE name = :name", {"name": name}) or 0

    def list_languages(self, after: int, *, limit: int) -> tuple[GiftLanguageRow, ...]:
        """List the gifts behind one, with the languages of their books."""
        rows = self._sql.fetchall(
            f"SELECT {_LANGUAGE.columns} FROM gift g JOIN book b ON b.isbn13 = g.isbn13 WHERE g.id > :after "
            "ORDER BY g.id LIMIT :limit",
            {"after": after, "limit": limit},
        )
        return _LANGUAGE.read_all(rows)
