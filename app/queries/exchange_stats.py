"""Read what the exchange's rules ask before they decide: counts of drifts and losses of a member's person, and who has dealt with whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, in_list, one_of
from app.domain.account import MODERATORS
from app.domain.drift import ADDRESS_STATES, GOT_STATES, OPEN_STATES, DriftState
from app.domain.drift_request import DriftRequest
from app.domain.gift import GiftState, Pause, too_many_losses
from app.domain.meeting import MISSED_IN_A_ROW, Meeting
from app.domain.moderation import Stop
from app.domain.wish import WishScope, WishState
from app.queries.holiday import away_until
from app.queries.matching import gives, is_fulfilled, now_of, wishes
from app.queries.member import MATES
from app.queries.member_block import are_parted
from app.queries.work import FAMILY, SHOWN_WORKS

_OPEN = one_of(OPEN_STATES)
_LOST = f"d.state = '{DriftState.LOST}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberStats:
    """A member's part in the exchange so far, with that of their person's other accounts.

    `received`, `sent`: as the ratio counts them. `lost_in` of `parcels_in` books on the way to them got lost, `lost_out` of
    `parcels_out` that they sent. `confirmed`: whether their address is. `present`: neither disabled nor deleted.
    """

    confirmed: bool
    present: bool
    suspended_until: int
    nickname: str
    balance: int
    received: int
    sent: int
    open_drifts: int
    lost_in: int
    parcels_in: int
    lost_out: int
    parcels_out: int

    @property
    def giving_stopped(self) -> bool:
        """Whether losses stop them from giving."""
        return too_many_losses(self.lost_out, self.parcels_out)

    @property
    def asking_stopped(self) -> bool:
        """Whether losses stop them from asking."""
        return too_many_losses(self.lost_in, self.parcels_in)


def _count(condition: str) -> str:
    return f"COALESCE(SUM({condition}), 0)"


#: A member, their balance, and the drifts of their person: those asked for in one half, those given in the other.
_STANDING = RowMapper(
    MemberStats,
    "u",
    confirmed="u.confirmed_at IS NOT NULL",
    present="u.disabled_at IS NULL AND u.deleted_at IS NULL",
    balance="COALESCE(b.balance, 0)",
    received=_count(f"d.asked = 1 AND d.state IN {one_of(GOT_STATES)}"),
    sent=_count(f"d.asked = 0 AND d.state = '{DriftState.RECEIVED}'"),
    open_drifts=_count(f"d.asked = 1 AND d.state IN {_OPEN}"),
    lost_in=_count(f"d.asked = 1 AND {_LOST} AND d.ended_at > m.asking"),
    parcels_in=_count("d.asked = 1 AND d.mailed_at IS NOT NULL"),
    lost_out=_count(f"d.asked = 0 AND {_LOST} AND d.ended_at > m.giving"),
    parcels_out=_count("d.asked = 0 AND d.mailed_at IS NOT NULL"),
)
_FIND_STANDING = (
    f"SELECT {_STANDING.columns} FROM user u LEFT JOIN bean_balance b ON b.user_id = u.id "
    "CROSS JOIN (SELECT "
    f"COALESCE(MAX(CASE WHEN kind = '{Stop.ASKING.lift}' THEN a.create_time END), 0) AS asking, "
    f"COALESCE(MAX(CASE WHEN kind = '{Stop.GIVING.lift}' THEN a.create_time END), 0) AS giving "
    f"FROM {MATES} JOIN moderator_act a ON a.member_id = mate.id) m "
    "LEFT JOIN ("
    f"SELECT 1 AS asked, d.state, d.mailed_at, d.ended_at FROM {MATES} JOIN drift d ON d.requester_id = mate.id UNION ALL "
    f"SELECT 0, d.state, d.mailed_at, d.ended_at FROM {MATES} JOIN drift d ON d.giver_id = mate.id"
    ") d ON 1 = 1 "
    "WHERE u.id = :member AND u.status IN (0, 1) "
    "GROUP BY u.id, u.confirmed_at, u.disabled_at, u.deleted_at, u.suspended_until, u.nickname, b.balance, m.asking, m.giving"
)


def _count_gifts(isbn: str, work: str, but: str) -> str:
    """Count the copies on the shelf of a work that ``:member`` sees, besides one: by the ISBN where the book has no work yet."""
    counted = (
        f"(SELECT COUNT(*) FROM gift o WHERE o.{{}} AND o.state = '{GiftState.OPEN}' AND o.id <> {but} "
        f"AND NOT {are_parted(':member', 'o.user_id')})"
    )
    by_isbn, by_work = counted.format(f"isbn13 = {isbn}"), counted.format(f"work_id = {work}")
    return f"CASE WHEN {work} = 0 THEN {by_isbn} ELSE {by_work} END"


_ASKED = RowMapper(
    DriftRequest,
    "g",
    giver_id="g.user_id",
    state=f"CASE WHEN u.suspended_until > :now THEN '{GiftState.PAUSED}' WHEN g.state = '{GiftState.PAUSED}' AND g.pause = '{Pause.HOLIDAY}' THEN '{GiftState.OPEN}' ELSE g.state END",
    held_by="(SELECT d.requester_id FROM drift d WHERE d.open_gift_id = g.id)",
    others=_count_gifts("g.isbn13", "g.work_id", "g.id"),
    parted=are_parted(":member", "g.user_id"),
    away_until=away_until("g.user_id"),
)


_MEETING = RowMapper(Meeting, at="at", missed="missed")


def _meetings(side: str, missing: str, other_missing: str) -> str:
    """Write the statement that reads the meetings of a person on one side."""
    kept = f"d.mailed_at IS NOT NULL OR (d.state = '{DriftState.MISSED}' AND d.{missing} + d.{other_missing} = 1)"
    return (
        f"SELECT COALESCE(d.mailed_at, d.ended_at) AS at, d.mailed_at IS NULL AND d.{missing} = 1 AS missed, d.id "
        f"FROM {MATES} JOIN drift d ON d.{side} = mate.id AND d.handover = 1 WHERE {kept}"
    )


_LAST_MEETINGS = (
    f"SELECT {_MEETING.columns} FROM ({_meetings('requester_id', 'requester_missing', 'giver_missing')} UNION ALL "
    f"{_meetings('giver_id', 'giver_missing', 'requester_missing')}) m ORDER BY at DESC, id DESC LIMIT {MISSED_IN_A_ROW}"
)


_JOINED_FULFILLED = f"SELECT w.id FROM wish w WHERE w.joined_to = :wish AND w.state = '{WishState.JOINED}' AND {is_fulfilled('w')} ORDER BY w.id"


class ExchangeStatQueries:
    """Counts. Called inside a use case it sees that use case's own writes."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def get_standing(self, member_id: int) -> MemberStats:
        """Return a member's standing, in one statement.

        :raises LookupError: when there is no such member.
        """
        standing = self.find_standing(member_id)
        if standing is None:
            raise LookupError(f"there is no member {member_id}")
        return standing

    def find_standing(self, member_id: int) -> MemberStats | None:
        """Find a member's standing. Losses that a moderator has forgiven do not count."""
        return _STANDING.read_optional(self._sql.fetchone(_FIND_STANDING, {"member": member_id}))

    def find_request(self, member_id: int, gift_id: int, *, now: int) -> DriftRequest | None:
        """Find what the rules of a member's request want to know of a gift, in one statement. That of a suspended giver counts as paused."""
        giver = "JOIN user u ON u.id = g.user_id AND u.status IN (0, 1)"
        statement = f"SELECT {_ASKED.columns} FROM gift g {giver} WHERE g.id = :gift"
        return _ASKED.read_optional(self._sql.fetchone(statement, {"member": member_id, "gift": gift_id, "now": now}))

    def has_asked_for(self, member_id: int, isbn13: str, work_id: int) -> bool:
        """Return whether a member has an open drift for a copy of a work."""
        return self._exists(
            "SELECT 1 FROM drift d JOIN gift g ON g.id = d.gift_id "
            f"WHERE d.requester_id = :member AND d.state IN {_OPEN} "
            "AND (g.isbn13 = :isbn OR (g.work_id = :work AND g.work_id <> 0))",
            member=member_id,
            isbn=isbn13,
            work=work_id,
        )

    def list_meetings(self, member_id: int) -> tuple[Meeting, ...]:
        """List the last meetings in person that a member's person kept, or missed alone, the newest first.

        One of which each side says that the other did not come is none.
        """
        return _MEETING.read_all(self._sql.fetchall(_LAST_MEETINGS, {"member": member_id}))

    def list_works(self, work_id: int, scope: WishScope) -> tuple[int, ...]:
        """List the works that a wish for a work means: itself, or with `WishScope.ANY` its whole family."""
        if scope is not WishScope.ANY:
            return (work_id,)
        return tuple(sorted(self._sql.fetchcolumn(FAMILY, {"work": work_id})))

    def list_meant_works(self, wish_id: int, work_id: int, scope: WishScope) -> tuple[int, ...]:
        """List the works whose places a wish takes when it opens again: its own, for any language those that its owner was shown, too."""
        if scope is not WishScope.ANY:
            return (work_id,)
        return (work_id, *sorted(self._sql.fetchcolumn(SHOWN_WORKS, {"wish": wish_id, "work": work_id})))

    def list_joined_fulfilled(self, wish_id: int, isbn13: str, work_id: int) -> list[int]:
        """List the wishes joined to one that a copy of an edition fulfils, too."""
        params = {"wish": wish_id, "isbn": isbn13, "work": work_id}
        return self._sql.fetchcolumn(_JOINED_FULFILLED, params)

    def has_in_works(self, member_id: int, works: Sequence[int], *, but: int) -> tuple[bool, bool]:
        """Return whether a member has an open wish, besides one, for an edition of these works, and a gift of one on their list."""
        marks, params = in_list("work", works)
        wished, given = self._sql.fetchone(
            f"SELECT {wishes(now_of(marks), ':but')}, {gives(now_of(marks))}",
            params | {"member": member_id, "but": but},
        ) or (0, 0)
        return bool(wished), bool(given)

    def count_other_gifts(self, member_id: int, isbn13: str, work_id: int, *, but: int) -> int:
        """Count the copies of a work on the shelf that a member sees, besides one."""
        counted = f"SELECT {_count_gifts(':isbn', ':work', ':gift')}"
        return self._number(counted, member=member_id, isbn=isbn13, work=work_id, gift=but)

    def count_covered(self, giver_id: int) -> int:
        """Count the losses of a giver's person that `cover` paid."""
        return self._number(
            f"SELECT COUNT(*) FROM {MATES} JOIN drift d ON d.giver_id = mate.id AND d.covered = 1", member=giver_id
        )

    def has_traded_both_ways(self, giver_id: int, requester_id: int) -> bool:
        """Return whether the requester of the giver's book, by whichever account, has given to that giver, too."""
        return self._exists(
            f"SELECT 1 FROM {MATES} JOIN drift d ON d.requester_id = mate.id JOIN user g ON g.id = d.giver_id "
            "AND g.status IN (0, 1) WHERE g.person_id = "
            "(SELECT person_id FROM user WHERE id = :requester AND status IN (0, 1))",
            member=giver_id,
            requester=requester_id,
        )

    def has_open_drift_with(self, member_id: int, other_id: int) -> bool:
        """Return whether there is an open drift between the persons of two members, on either side."""
        theirs = "(SELECT person_id FROM user WHERE id = :other AND status IN (0, 1))"
        sides = (
            f"SELECT d.state FROM {MATES} JOIN drift d ON d.{mine} = mate.id "
            f"JOIN user o ON o.id = d.{other} AND o.status IN (0, 1) WHERE o.person_id = {theirs}"
            for mine, other in (("giver_id", "requester_id"), ("requester_id", "giver_id"))
        )  # all states: asked for the open ones, the database would rather go through all open drifts of the site
        states = self._sql.fetchcolumn(" UNION ".join(sides), {"member": member_id, "other": other_id})
        return not OPEN_STATES.isdisjoint(map(DriftState, states))

    def count_claims(self, requester_id: int, *, since: int) -> int:
        """Count the losses that a requester's person claimed since a time."""
        return self._number(
            f"SELECT COUNT(*) FROM {MATES} JOIN drift d ON d.requester_id = mate.id AND d.claimed_at > :since",
            member=requester_id,
            since=since,
        )

    def count_opened(self, giver_id: int, *, but: int) -> int:
        """Count the addresses that a giver has open, besides one drift's."""
        return self._number(
            f"SELECT COUNT(*) FROM drift WHERE giver_id = :giver AND state IN {one_of(ADDRESS_STATES)} "
            "AND opened_at IS NOT NULL AND id <> :drift",
            giver=giver_id,
            drift=but,
        )

    def list_moderators(self) -> tuple[int, ...]:
        """List the ids of those who decide for others."""
        ids = self._sql.fetchcolumn(
            f"SELECT id FROM user WHERE role IN {one_of(MODERATORS)} AND status = 1 AND disabled_at IS NULL ORDER BY id"
        )
        return tuple(ids)

    def _number(self, statement: str, **params: Any) -> int:
        return int(self._sql.fetchvalue(statement, params))

    def _exists(self, statement: str, **params: Any) -> bool:
        return self._sql.fetchone(f"{statement} LIMIT 1", params) is not None
