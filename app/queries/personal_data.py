"""Read everything that is stored about one member, for them to take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.db.sql_helper import SqlHelper
from app.domain.beans import account_of
from app.domain.city import find_city
from app.domain.drift import DriftState, Party
from app.libs.clock import from_epoch

#: One row of an exported table: texts, numbers and None by column.
ExportRow = Mapping[str, str | int | None]


class PersonalDataQueries:
    """Look up a member's own data; no other person's is in it."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def account(self, user_id: int) -> Sequence[ExportRow]:
        """Return the account itself, one row."""
        return self._read(
            "id email nickname role language wants_mail confirmed_at registered_at suspended_until second_factor_since "
            "city city_shown city_changed_at city_changed_before_at",
            "SELECT u.id, u.email, u.nickname, u.role, u.language, u.wants_mail, u.confirmed_at, u.create_time, "
            "NULLIF(u.suspended_until, 0), f.enabled_at, "
            "u.city_id, u.city_shown, NULLIF(u.city_changed_at, 0), NULLIF(u.city_changed_before_at, 0) "
            "FROM user u LEFT JOIN second_factor f ON f.user_id = u.id WHERE u.id = :user_id AND u.status = 1",
            user_id=user_id,
        )

    def marks(self, user_id: int) -> Sequence[ExportRow]:
        """Return the marks of the mailboxes that the member confirmed: keyed hashes, from which no address can be read."""
        return self._read(
            "mark confirmed_at",
            "SELECT k.mark, m.create_time FROM member_mark m JOIN mark k ON k.id = m.mark_id "
            "WHERE m.member_id = :user_id ORDER BY k.id",
            user_id=user_id,
        )

    def sessions(self, user_id: int) -> Sequence[ExportRow]:
        """Return the browsers in which the member is, or was not long ago, logged in."""
        return self._read(
            "opened_at seen_at ended_at browser",
            "SELECT create_time, seen_time, deleted_at, agent FROM user_session "
            "WHERE user_id = :user_id AND status IN (0, 1) ORDER BY id",
            user_id=user_id,
        )

    def mails(self, user_id: int) -> Sequence[ExportRow]:
        """Return the mails that were written to the member, as `MailQueries.list_to` lists them."""
        return self._read(
            "posted_at ended_at address kind subject state problem",
            "SELECT create_time, ended_at, address, kind, subject, state, problem FROM outbox_mail "
            "WHERE user_id = :user_id AND kind <> 'email_change' ORDER BY id",
            user_id=user_id,
        )

    def invitations(self, user_id: int) -> Sequence[ExportRow]:
        """Return the invitation codes that the member made."""
        return self._read(
            "made_at expires_at ended_at code note places used",
            "SELECT create_time, expires_at, deleted_at, code, note, places, used FROM invitation "
            "WHERE maker_id = :user_id AND status IN (0, 1) ORDER BY id",
            user_id=user_id,
        )

    def gifts(self, user_id: int) -> Sequence[ExportRow]:
        """Return the copies that the member offered."""
        return self._read(
            "isbn13 state condition postage note city listed_at",
            "SELECT isbn13, state, book_condition, postage, note, city_id, create_time FROM gift "
            "WHERE user_id = :user_id ORDER BY id",
            user_id=user_id,
        )

    def wishes(self, user_id: int) -> Sequence[ExportRow]:
        """Return the books that the member wished for."""
        return self._read(
            "isbn13 scope state wished_at",
            "SELECT isbn13, scope, state, create_time FROM wish WHERE user_id = :user_id ORDER BY id",
            user_id=user_id,
        )

    def drifts(self, user_id: int) -> Sequence[ExportRow]:
        """Return the drifts on either side, without what the other wrote: the message is the requester's, parcel and refusal the giver's."""
        return self._read(
            "number side isbn13 title state in_person message refusal carrier tracking asked_at mailed_at ended_at",
            f"SELECT id, '{Party.REQUESTER}', isbn13, title, state, handover, message, '', '', '', create_time, mailed_at, ended_at "
            "FROM drift WHERE requester_id = :user_id "
            f"UNION ALL SELECT id, '{Party.GIVER}', isbn13, title, state, handover, '', "
            f"CASE WHEN state = '{DriftState.REJECTED}' THEN reason ELSE '' END, carrier, tracking, create_time, mailed_at, ended_at "
            "FROM drift WHERE giver_id = :user_id ORDER BY 1",
            user_id=user_id,
        )

    def holidays(self, user_id: int) -> Sequence[ExportRow]:
        """Return the member's holidays."""
        return self._read(
            "taken_at begins_at ends_at",
            "SELECT create_time, from_at, until FROM holiday WHERE member_id = :user_id ORDER BY id",
            user_id=user_id,
        )

    def blocks(self, user_id: int) -> Sequence[ExportRow]:
        """Return whom the member has blocked, and since when. Who has blocked them is nobody's business but theirs."""
        return self._read(
            "nickname since_at",
            "SELECT u.nickname, k.create_time FROM member_block k JOIN user u ON u.id = k.blocked_id AND u.status = 1 "
            "WHERE k.member_id = :user_id ORDER BY k.create_time, k.blocked_id",
            user_id=user_id,
        )

    def decisions(self, user_id: int) -> Sequence[ExportRow]:
        """Return what moderators decided about the member, about what they had written, and why."""
        return self._read(
            "decided_at what until quote reason",
            "SELECT a.create_time, a.kind, a.until, COALESCE(c.quote, ''), a.reason FROM moderator_act a "
            "LEFT JOIN moderation_case c ON c.id = a.case_id AND c.member_id = a.member_id "
            "WHERE a.member_id = :user_id ORDER BY a.id",
            user_id=user_id,
        )

    def reports(self, user_id: int) -> Sequence[ExportRow]:
        """Return what the member reported, and against what they appealed; whom it is about is no data of theirs."""
        return self._read(
            "about isbn13 other_isbn13 reason note outcome reported_at closed_at",
            "SELECT c.kind, c.isbn13, c.other_isbn13, r.reason, r.note, c.outcome, r.create_time, c.closed_time FROM report r "
            "JOIN moderation_case c ON c.id = r.case_id WHERE r.user_id = :user_id ORDER BY r.id",
            user_id=user_id,
        )

    def debts(self, user_id: int) -> Sequence[ExportRow]:
        """Return the beans that the member owed or owes, in tenths."""
        return self._read(
            "since_at tenths paid subject",
            "SELECT create_time, amount, paid, subject FROM bean_debt WHERE debtor_id = :user_id ORDER BY id",
            user_id=user_id,
        )

    def beans(self, user_id: int) -> Sequence[ExportRow]:
        """Return every entry of the member's account, in tenths of a bean."""
        return self._read(
            "entered_at tenths kind subject reason",
            "SELECT create_time, CASE WHEN target = :account THEN amount ELSE -amount END, kind, subject, reason "
            "FROM bean_transfer WHERE source = :account OR target = :account ORDER BY id",
            account=account_of(user_id),
        )

    def notices(self, user_id: int) -> Sequence[ExportRow]:
        """Return what the member was told in the site."""
        return self._read(
            "kind told_at read_at",
            "SELECT kind, create_time, read_at FROM notice WHERE user_id = :user_id ORDER BY id",
            user_id=user_id,
        )

    def lists(self, user_id: int) -> Sequence[ExportRow]:
        """Return the rows of the lists that the member brought, with the cells as they came (a JSON array)."""
        return self._read(
            "list brought_at deleted_at row cells",
            "SELECT l.name, l.create_time, l.deleted_at, r.number, r.cells FROM book_list l JOIN book_list_row r ON r.list_id = l.id "
            "WHERE l.user_id = :user_id AND l.status IN (0, 1) ORDER BY l.id, r.number",
            user_id=user_id,
        )

    def _read(self, columns: str, query: str, **params: Any) -> list[ExportRow]:
        """Return rows as mappings; columns named ``…_at`` and ``…_since`` hold moments and become ISO 8601."""
        names = columns.split()
        rows = self._sql.fetchall(query, params)
        return [{name: _shown(name, value) for name, value in zip(names, row, strict=True)} for row in rows]


def _shown(name: str, value: str | int | None) -> str | int | None:
    if name == "city":
        city = find_city(int(value)) if value else None
        return None if city is None else city.name_zh or city.name
    if isinstance(value, int) and name.endswith(("_at", "_since", "until")):
        return from_epoch(value).isoformat()
    return value
