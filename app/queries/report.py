"""Read what can be reported, the cases that moderators look at, and what members said."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, one_of
from app.domain.account import Role
from app.domain.drift import DriftState
from app.domain.gift import LISTED, GiftState
from app.domain.nickname import nickname_key
from app.domain.report import CaseKind, Reason
from app.queries.holiday import STANDS_ON_PAGE
from app.queries.member import MATES


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRow:
    """What a member may report: whose it is (None for a book), of which book, and what its member wrote."""

    subject_id: int
    member_id: int | None
    isbn13: str
    title: str
    member: str
    quote: str


_SUBJECT = RowMapper(
    SubjectRow,
    subject_id="s.subject_id",
    member_id="s.member_id",
    isbn13="s.isbn13",
    title="s.title",
    member="s.member",
    quote="s.quote",
)
_SEEN = one_of(LISTED - {GiftState.PAUSED})
#: By kind of what a member may report through the form.
_SUBJECTS = {
    CaseKind.GIFT: (
        "SELECT g.id AS subject_id, g.user_id AS member_id, g.isbn13, COALESCE(b.title, '') AS title, u.nickname AS member, "
        "g.note AS quote FROM gift g JOIN user u ON u.id = g.user_id AND u.status = 1 LEFT JOIN book b ON b.isbn13 = g.isbn13 "
        f"WHERE g.id = :key AND {STANDS_ON_PAGE}"
    ),
    CaseKind.MEMBER: (
        "SELECT u.id AS subject_id, u.id AS member_id, '' AS isbn13, '' AS title, u.nickname AS member, '' AS quote FROM user u "
        "WHERE u.nickname_key = :key AND u.status = 1 AND u.disabled_at IS NULL"
    ),
    CaseKind.FACTS: (
        "SELECT 0 AS subject_id, NULL AS member_id, b.isbn13, b.title, '' AS member, '' AS quote FROM book b WHERE b.isbn13 = :key"
    ),
    CaseKind.MESSAGE: (
        "SELECT d.id AS subject_id, d.requester_id AS member_id, d.isbn13, d.title, d.requester_name AS member, "
        "d.message AS quote FROM drift d WHERE d.id = :key AND d.giver_id = :member AND d.message <> ''"
    ),
}
_NUMBERED = frozenset({CaseKind.GIFT, CaseKind.MESSAGE})


class ReportSubjectQueries:
    """Look up what is reported."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def find(self, kind: CaseKind, key: str, *, member_id: int) -> SubjectRow | None:
        """Find what a member wants to report, if they can see it.

        :param key: the id of a gift, or of a drift whose message is meant; a nickname; an ISBN-13.
        """
        statement = _SUBJECTS.get(kind)
        value: int | str = nickname_key(key) if kind is CaseKind.MEMBER else key
        if kind in _NUMBERED:
            value = int(key) if key.isascii() and key.isdecimal() and len(key) < 17 else 0
        if statement is None or not value:
            return None
        row = self._sql.fetchone(f"SELECT {_SUBJECT.columns} FROM ({statement}) s", {"key": value, "member": member_id})
        return _SUBJECT.read_optional(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case as moderators see it; `member_id` is whom it is about, None for books. An empty name is that of a member who has left.

    `claimer_id` has it until `claimed_until`; `quote` is what the member had written.
    """

    id: int
    kind: CaseKind
    subject_id: int
    isbn13: str
    title: str
    other_isbn13: str
    other_title: str
    member_id: int | None
    member: str
    reason: Reason
    quote: str
    since: int
    due_at: int
    is_open: bool
    claimer_id: int | None
    claimer: str
    claimed_until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """What somebody said of a case; `is_proven`: they have finished a drift. An empty name is a member's who has left."""

    member: str
    is_proven: bool
    reason: Reason
    note: str
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReportRow:
    """What a member reported, and how it ended: the decision's name, "" while it is open or where it ended by itself."""

    kind: CaseKind
    isbn13: str
    title: str
    member: str
    reason: Reason
    note: str
    time: int
    is_open: bool
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMemberRow:
    """Whom a case is about, as far as it matters to who decides; never how to reach them."""

    id: int
    nickname: str
    role: Role
    since: int
    is_disabled: bool
    suspended_until: int
    on_shelf: int
    open_cases: int


_BOOKS = (
    "LEFT JOIN book b ON b.isbn13 = c.isbn13 LEFT JOIN book o ON o.isbn13 = c.other_isbn13 "
    "LEFT JOIN user u ON u.id = c.member_id AND u.status = 1"
)
_CASE = RowMapper(
    CaseRow,
    "c",
    title="COALESCE(b.title, '')",
    other_title="COALESCE(o.title, '')",
    member="COALESCE(u.nickname, '')",
    since="c.create_time",
    is_open="c.is_open IS NOT NULL",
    claimer_id="c.claimed_by",
    claimer="COALESCE(k.nickname, '')",
)
_CASES = (
    f"SELECT {_CASE.columns} FROM moderation_case c {_BOOKS} LEFT JOIN user k ON k.id = c.claimed_by AND k.status = 1"
)
_ABOUT_OTHERS = f" AND (c.member_id IS NULL OR c.member_id NOT IN (SELECT mate.id FROM {MATES}))"
_PROVEN = " OR ".join(
    f"EXISTS (SELECT 1 FROM drift d WHERE d.{side} = r.user_id AND d.state = '{DriftState.RECEIVED}')"
    for side in ("requester_id", "giver_id")
)
_REPORT = RowMapper(ReportRow, "r", member="COALESCE(u.nickname, '')", is_proven=f"({_PROVEN})", time="r.create_time")
_OWN = RowMapper(
    OwnReportRow,
    "r",
    kind="c.kind",
    isbn13="c.isbn13",
    title="COALESCE(b.title, '')",
    member="COALESCE(u.nickname, '')",
    time="r.create_time",
    is_open="c.is_open IS NOT NULL",
    outcome="c.outcome",
)
_MEMBER = RowMapper(
    CaseMemberRow,
    "u",
    since="u.create_time",
    is_disabled="u.disabled_at IS NOT NULL",
    on_shelf=f"(SELECT COUNT(*) FROM gift g WHERE g.user_id = u.id AND g.state IN {_SEEN})",
    open_cases="(SELECT COUNT(*) FROM moderation_case c WHERE c.member_id = u.id AND c.is_open = 1)",
)


class CaseQueries:
    """Look up cases and reports."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_open(
        self,
        *,
        kind: CaseKind | None = None,
        claimed_by: int | None = None,
        reader_id: int | None = None,
        limit: int,
        offset: int = 0,
    ) -> tuple[CaseRow, ...]:
        """List the open cases, of one kind or those that a moderator has taken, the most urgent first; one statement.

        :param reader_id: who reads the list; what is about one of their accounts is left out.
        """
        narrowed = " AND c.kind = :kind" if kind else ""
        narrowed += " AND c.claimed_by = :moderator" if claimed_by else ""
        narrowed += _ABOUT_OTHERS if reader_id else ""
        rows = self._sql.fetchall(
            f"{_CASES} WHERE c.is_open = 1{narrowed} ORDER BY c.due_at, c.id LIMIT :limit OFFSET :offset",
            {
                "kind": kind and kind.value,
                "moderator": claimed_by,
                "member": reader_id,
                "limit": limit,
                "offset": offset,
            },
        )
        return _CASE.read_all(rows)

    def find(self, case_id: int) -> CaseRow | None:
        """Find a case."""
        return _CASE.read_optional(self._sql.fetchone(f"{_CASES} WHERE c.id = :case", {"case": case_id}))

    def list_reports(self, case_id: int, *, limit: int) -> tuple[ReportRow, ...]:
        """List what was said of a case, the oldest first; one statement."""
        rows = self._sql.fetchall(
            f"SELECT {_REPORT.columns} FROM report r LEFT JOIN user u ON u.id = r.user_id AND u.status = 1 "
            "WHERE r.case_id = :case ORDER BY r.id LIMIT :limit",
            {"case": case_id, "limit": limit},
        )
        return _REPORT.read_all(rows)

    def list_own(self, member_id: int, *, limit: int, offset: int) -> tuple[OwnReportRow, ...]:
        """List what a member reported, newest first, appeals left out; one statement."""
        rows = self._sql.fetchall(
            f"SELECT {_OWN.columns} FROM report r JOIN moderation_case c ON c.id = r.case_id {_BOOKS} "
            f"WHERE r.user_id = :member AND c.kind <> '{CaseKind.APPEAL}' "
            "ORDER BY r.create_time DESC, r.id DESC LIMIT :limit OFFSET :offset",
            {"member": member_id, "limit": limit, "offset": offset},
        )
        return _OWN.read_all(rows)

    def find_member(self, member_id: int) -> CaseMemberRow | None:
        """Find what matters of the member whom a case is about; None when they have left."""
        row = self._sql.fetchone(
            f"SELECT {_MEMBER.columns} FROM user u WHERE u.id = :member AND u.status = 1", {"member": member_id}
        )
        return _MEMBER.read_optional(row)
