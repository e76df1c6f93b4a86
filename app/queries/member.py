"""Read members, what the accounts of one person had from the site together, and invitations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, in_list
from app.domain.account import Member, NoSuchMember, fold_key
from app.domain.beans import MINT, EntryKind, Listings, account_of

#: The accounts of a member's person, that of `:member` among them; to be joined as ``mate``.
MATES = (
    "user me JOIN user mate ON mate.person_id = me.person_id AND mate.status IN (0, 1) "
    "AND me.id = :member AND me.status IN (0, 1)"
)


class PersonQueries:
    """Look up persons: accounts that confirmed the same mailbox. A member without such kin is a person alone."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def are_one(self, one_id: int, other_id: int) -> bool:
        """Whether two accounts are the same person's, as far as we know."""
        found = self._sql.fetchone(
            f"SELECT 1 FROM {MATES} WHERE mate.id = :other", {"member": one_id, "other": other_id}
        )
        return found is not None

    def find_person(self, member_id: int) -> int:
        """Return the number of a member's person: the id of their oldest account.

        :raises LookupError: when there is no such member.
        """
        found = self._sql.fetchvalue(
            "SELECT person_id FROM user WHERE id = :member AND status IN (0, 1)", {"member": member_id}
        )
        if found is None:
            raise LookupError(f"there is no member {member_id}")
        return int(found)

    def find_first_mark(self, member_id: int) -> int | None:
        """Find the oldest mark of a member's person; None when no address of theirs was ever confirmed by mail."""
        first: int | None = self._sql.fetchvalue(
            f"SELECT MIN(m.mark_id) FROM {MATES} JOIN member_mark m ON m.member_id = mate.id", {"member": member_id}
        )
        return first

    def listings(self, member_id: int) -> Listings:
        """Return what the listings of a member's person were paid so far; `proven` is left for the circles to say."""
        mates = self._sql.fetchcolumn(f"SELECT mate.id FROM {MATES}", {"member": member_id})
        names, params = in_list("account", list(map(account_of, mates)))
        paid, welcomes = self._sql.fetchone(
            f"SELECT COALESCE(SUM(t.kind = '{EntryKind.BONUS}'), 0) - COALESCE(SUM(t.kind = '{EntryKind.BONUS_BACK}'), 0), "
            f"COALESCE(SUM(t.kind = '{EntryKind.WELCOME}'), 0) FROM ("
            f"SELECT kind FROM bean_transfer WHERE source = '{MINT}' AND target IN ({names}) UNION ALL "
            f"SELECT kind FROM bean_transfer WHERE target = '{MINT}' AND source IN ({names})) t",
            params,
        ) or (0, 0)
        return Listings(
            paid=int(paid), proven=False, known=self.find_first_mark(member_id) is not None, welcomed=welcomes > 0
        )


_BATCH = 500


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as an operator sees it; `state` is confirmed, unconfirmed or disabled."""

    id: int
    role: str
    state: str
    nickname: str
    email: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One browser that a member is logged in with."""

    id: int
    agent: str
    opened: datetime
    seen: datetime


_ACCOUNT = RowMapper(
    AccountRow,
    state="CASE WHEN disabled_at IS NOT NULL THEN 'disabled' WHEN confirmed_at IS NULL THEN 'unconfirmed' "
    "ELSE 'confirmed' END",
)
_MEMBER = RowMapper(
    Member, "u", is_confirmed="u.confirmed_at IS NOT NULL", session_id="s.id", session_seen="s.seen_time"
)
_SESSION = RowMapper(SessionRow, opened="create_time", seen="seen_time")


class MemberQueries:
    """Look up members by their session."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def find_by_session(self, token_hash: str, *, seen_after: int, opened_after: int) -> Member | None:
        """Return the member of a live session, or None: ended, too old, idle too long, disabled or deleted.

        :param seen_after, opened_after: epoch seconds; older sessions are over.
        """
        row = self._sql.fetchone(
            f"SELECT {_MEMBER.columns} FROM user_session s JOIN user u ON u.id = s.user_id "
            "WHERE s.token_hash = :token AND s.status = 1 AND s.seen_time > :seen AND s.create_time > :opened "
            "AND u.status = 1 AND u.disabled_at IS NULL",
            {"token": token_hash, "seen": seen_after, "opened": opened_after},
        )
        return _MEMBER.read_optional(row)

    def has_nickname(self, nickname_key: str) -> bool:
        """Whether somebody holds the nickname of this key."""
        return (
            self._sql.fetchone("SELECT 1 FROM user WHERE nickname_key = :key AND status = 1", {"key": nickname_key})
            is not None
        )

    def list_sessions(self, user_id: int) -> tuple[SessionRow, ...]:
        """List the sessions of a member, the latest seen first."""
        rows = self._sql.fetchall(
            f"SELECT {_SESSION.columns} FROM user_session WHERE user_id = :user_id AND status = 1 "
            "ORDER BY seen_time DESC, id DESC",
            {"user_id": user_id},
        )
        return _SESSION.read_all(rows)

    def walk_accounts(self) -> Iterator[AccountRow]:
        """Return every account that is not deleted, oldest first, a page at a time."""
        last = 0
        page = f"SELECT {_ACCOUNT.columns} FROM user WHERE status = 1 AND id > :last ORDER BY id LIMIT {_BATCH}"
        while rows := _ACCOUNT.read_all(self._sql.fetchall(page, {"last": last})):
            yield from rows
            last = rows[-1].id

    def list_unconfirmed(self, *, before: int) -> tuple[int, ...]:
        """List the numbers of accounts made `before` (epoch seconds) and never confirmed, whose members are nowhere logged in.

        The list is bounded, the oldest come first; what is left comes with the next call.
        """
        ids = self._sql.fetchcolumn(
            "SELECT u.id FROM user u WHERE u.status = 1 AND u.confirmed_at IS NULL AND u.create_time < :before "
            "AND u.disabled_at IS NULL "
            "AND NOT EXISTS (SELECT 1 FROM user_session s WHERE s.user_id = u.id AND s.status = 1) "
            f"ORDER BY u.create_time, u.id LIMIT {_BATCH}",
            {"before": before},
        )
        return tuple(ids)

    def get_id(self, email: str) -> int:
        """Return the number of the member with this address.

        :raises NoSuchMember: for an unknown address.
        """
        found = self._sql.fetchvalue(
            "SELECT id FROM user WHERE email_key = :key AND status = 1", {"key": fold_key(email)}
        )
        if found is None:
            raise NoSuchMember(email=email)
        return int(found)


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """A code as moderators see it: `used` of `places` accounts were made with it; `maker` is a nickname."""

    id: int
    code: str
    note: str
    places: int
    used: int
    expires: datetime
    maker: str


_INVITATION = RowMapper(InvitationRow, "i", expires="i.expires_at", maker="u.nickname")


class InvitationQueries:
    """Look up invitations."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def has_place(self, code: str, *, now: int) -> bool:
        """Whether a code lets one more in at `now` (epoch seconds)."""
        row = self._sql.fetchone(
            "SELECT 1 FROM invitation WHERE code = :code AND status = 1 AND used < places AND expires_at > :now",
            {"code": code, "now": now},
        )
        return row is not None

    def list_open(self, *, now: int) -> tuple[InvitationRow, ...]:
        """List the codes that are not over or ended, newest first. `now` is in epoch seconds."""
        rows = self._sql.fetchall(
            f"SELECT {_INVITATION.columns} FROM invitation i "
            "JOIN user u ON u.id = i.maker_id AND u.status IN (0, 1) "
            "WHERE i.status = 1 AND i.expires_at > :now ORDER BY i.id DESC LIMIT 200",
            {"now": now},
        )
        return _INVITATION.read_all(rows)
