"""Read holidays: whether a member is away, until when, and what the clock has to look at."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, in_list, one_of
from app.domain.gift import GiftState, Pause
from app.domain.holiday import HolidayStage

_UNDER_WAY = "h.from_at <= :now AND h.until > :now"
#: ``gift g`` stands on its book's page: it is on the shelf, asked for, or rests while its giver is on holiday.
STANDS_ON_PAGE = (
    f"(g.state IN {one_of({GiftState.OPEN, GiftState.RESERVED})} "
    f"OR (g.state = '{GiftState.PAUSED}' AND g.pause = '{Pause.HOLIDAY}'))"
)
_BATCH = 100
#: No member can have had more in the time that the rules look at, unless they took and ended some dozens a day.
_TAKEN = 500


def away_until(member: str) -> str:
    """Write what reads until when a member is on holiday, NULL for one who is not; its parameter is ``now``."""
    return f"(SELECT MAX(h.until) FROM holiday h WHERE h.member_id = {member} AND {_UNDER_WAY})"


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayRow:
    """A holiday; times are epoch seconds."""

    id: int
    from_at: int
    until: int
    stage: HolidayStage


_HOLIDAY = RowMapper(HolidayRow, "h")


class HolidayQueries:
    """Look up holidays. `now` is in epoch seconds."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def find(self, member_id: int, *, now: int) -> HolidayRow | None:
        """Find the holiday on which a member is, or the one that they have planned."""
        row = self._sql.fetchone(
            f"SELECT {_HOLIDAY.columns} FROM holiday h WHERE h.member_id = :member AND h.until > :now "
            "ORDER BY h.until LIMIT 1",
            {"member": member_id, "now": now},
        )
        return _HOLIDAY.read_optional(row)

    def list_taken(self, member_id: int, *, since: int) -> tuple[HolidayRow, ...]:
        """List a member's holidays that lasted beyond a time, the one that is planned among them."""
        rows = self._sql.fetchall(
            f"SELECT {_HOLIDAY.columns} FROM holiday h WHERE h.member_id = :member AND h.until > :since "
            f"ORDER BY h.until DESC LIMIT {_TAKEN}",
            {"member": member_id, "since": since},
        )
        return _HOLIDAY.read_all(rows)

    def list_away(self, member_ids: Collection[int], *, now: int) -> set[int]:
        """Return which of these members are on holiday."""
        if not member_ids:
            return set()
        marks, params = in_list("member", sorted(member_ids))
        found = self._sql.fetchcolumn(
            f"SELECT h.member_id FROM holiday h WHERE h.member_id IN ({marks}) AND {_UNDER_WAY}",
            params | {"now": now},
        )
        return set(found)

    def list_due(self, now: int) -> list[int]:
        """List holidays that the clock has to look at, those that wait longest first; what is left comes with the next run."""
        return self._sql.fetchcolumn(
            f"SELECT id FROM holiday WHERE due_at <= :now ORDER BY due_at, id LIMIT {_BATCH}", {"now": now}
        )
