"""Leave: take along a zip of everything about oneself, each table as JSON and as CSV; disable, enable and delete accounts."""

from __future__ import annotations

import csv
import io
import json
import secrets
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select, union_all, update

from app import events
from app.domain.beans import account_of
from app.domain.cells import guarded
from app.domain.drift import Act, DriftState, Party
from app.domain.nickname import pseudonym_of
from app.domain.wish import WishState
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.mail.outbox import Outbox
from app.models.drift import Drift, ModeratorAct, SavedAddress
from app.models.gift import Gift, OpenListing, Wish, WishedWork
from app.models.holiday import Holiday
from app.models.member_block import MemberBlock
from app.models.message import Notice
from app.models.moderation import Report
from app.models.user import AccountToken, Invitation, RecoveryCode, SecondFactor, User, UserSession, accounts_of_person
from app.queries.member import MemberQueries
from app.queries.personal_data import ExportRow
from app.services.exchange.drift_transitions import DriftTransitions
from app.services.exchange.gift_states import GiftStates
from app.services.exchange.tools import ExchangeTools
from app.services.lists.book_lists import delete_lists_of
from app.services.members.cities import Cities
from app.services.members.profiles import get_by_email
from app.services.unit_of_work import use_case


class AccountClosure:
    """Closes a member's part in the exchange."""

    def __init__(self, tools: ExchangeTools, *, states: GiftStates, transitions: DriftTransitions) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._states = states
        self._transitions = transitions

    @use_case
    def close_for(self, member_id: int, *, forget: bool = True) -> None:
        """End what a member has open: waiting drifts close with the bean back, posted ones run to their end.

        Call it in the transaction that disables or deletes the member.

        :param forget: whether the account is deleted: then the saved address and the notices go too, and others read a
            pseudonym (an empty name) in their history.
        """
        sides = (
            select(Drift.id, Drift.giver_id).where(Drift.state == DriftState.WAITING.value, side == member_id)
            for side in (Drift.giver_id, Drift.requester_id)
        )
        for drift_id, giver_id in sorted(map(tuple, db.session.execute(union_all(*sides)))):
            act = Act.REJECT if giver_id == member_id else Act.WITHDRAW
            self._transitions.apply(self._transitions.load(drift_id), act, Party.LEAVING)
        self._clear_lists(member_id)
        self._tools.ledger.sweep(member_id, subject=account_of(member_id), reason=f"left {secrets.token_hex(8)}")
        if forget:
            self._forget(member_id)

    def _clear_lists(self, member_id: int) -> None:
        self._states.hide_all(member_id)
        db.session.execute(
            update(Wish)
            .where(Wish.user_id == member_id, Wish.state.in_([WishState.OPEN.value, WishState.JOINED.value]))
            .values(state=WishState.WITHDRAWN.value)
            .execution_options(synchronize_session=False)
        )
        db.session.execute(delete(OpenListing).where(OpenListing.user_id == member_id))
        own = select(Wish.id).where(Wish.user_id == member_id)
        db.session.execute(
            delete(WishedWork).where(WishedWork.wish_id.in_(own)).execution_options(synchronize_session=False)
        )

    def _forget(self, member_id: int) -> None:
        self._tools.cases.forget_member(member_id, kin_id=self._find_kin(member_id))
        db.session.execute(delete(SavedAddress).where(SavedAddress.user_id == member_id))
        db.session.execute(update(ModeratorAct).where(ModeratorAct.member_id == member_id).values(reason=""))
        db.session.execute(delete(Holiday).where(Holiday.member_id == member_id))
        blocks = or_(MemberBlock.member_id == member_id, MemberBlock.blocked_id == member_id)
        db.session.execute(delete(MemberBlock).where(blocks))
        db.session.execute(delete(Notice).where(Notice.user_id == member_id))
        for column, name in ((Drift.requester_id, Drift.requester_name), (Drift.giver_id, Drift.giver_name)):
            db.session.execute(
                update(Drift).where(column == member_id).values({name: ""}).execution_options(synchronize_session=False)
            )

    @staticmethod
    def _find_kin(member_id: int) -> int | None:
        """Return the newest other account of the same person that is there."""
        kin = select(func.max(User.id)).where(User.id.in_(accounts_of_person(member_id)), User.id != member_id)
        return db.session.execute(kin).scalar()


class Leaving:
    """Disable, enable and delete accounts."""

    def __init__(
        self, *, clock: Clock, directory: MemberQueries, closure: AccountClosure, outbox: Outbox, cities: Cities
    ) -> None:
        self._clock = clock
        self._cities = cities
        self._directory = directory
        self._closure = closure
        self._outbox = outbox

    @use_case
    def disable(self, email: str) -> str:
        """Put a member out at once, everywhere, close their business by the rules, and give their nickname.

        :raises NoSuchMember: for an unknown address.
        """
        user = get_by_email(email)
        self.put_out(user)
        return user.nickname

    def put_out(self, user: User) -> None:
        """Put a member out, inside a use case."""
        user.disabled_at = epoch(self._clock.now())
        self._end_logins(user.id)
        self._closure.close_for(user.id, forget=False)
        self._count_city_of(user)
        events.member_disabled.publish(member=user.id)

    @use_case
    def enable(self, email: str) -> str:
        """Let a disabled member in again, and give their nickname. What was closed stays closed.

        :raises NoSuchMember: for an unknown address.
        """
        user = get_by_email(email)
        self.let_in(user)
        return user.nickname

    def let_in(self, user: User) -> None:
        """Let a disabled member in, inside a use case."""
        user.disabled_at = None
        self._count_city_of(user)
        events.member_enabled.publish(member=user.id)

    @use_case
    def delete(self, user_id: int) -> None:
        """Delete an account: its business is closed by the rules, its personal data is gone, a pseudonym stays.

        The row itself stays, because the ledger and other people's history point to it. Its keys make room, so address and
        nickname are free again.
        """
        user = db.session.get_one(User, user_id)
        self._end_logins(user_id)
        self._closure.close_for(user_id, forget=True)
        self._outbox.forget_member(user_id)
        delete_lists_of(user_id)
        self._erase(user_id)
        self._cities.forget(user)
        user.email, user.nickname = "", pseudonym_of(user_id)
        user.password_hash, user.role, user.wants_mail = "!", "member", 0
        user.confirmed_at = None
        user.delete(at=epoch(self._clock.now()))
        events.member_left.publish(member=user_id)

    def forget_all_unconfirmed(self, *, before: int) -> int:
        """Delete the accounts made `before` (epoch seconds) that were never confirmed, some at a time, and return their number."""
        forgotten = 0
        while numbers := self._directory.list_unconfirmed(before=before):
            gone = sum(self.forget_unconfirmed(number, before=before) for number in numbers)
            forgotten += gone
            if not gone:
                break
        return forgotten

    @use_case
    def forget_unconfirmed(self, user_id: int, *, before: int) -> bool:
        """Delete an account made `before` (epoch seconds) that was never confirmed; False when that is no longer so.

        Such a member could list and request nothing, so nobody's history and no bean is touched. Who is logged in still,
        or was put out by an operator, is left alone.
        """
        user = User.query.filter_by(id=user_id).with_for_update().one_or_none()
        if user is None or user.confirmed_at is not None or user.disabled_at is not None:
            return False
        if user.create_time >= before or UserSession.query.filter_by(user_id=user_id).count():
            return False
        self.delete(user_id)
        return True

    @staticmethod
    def _erase(user_id: int) -> None:
        """Delete what other people's history and the ledger do not need."""
        for model in (RecoveryCode, SecondFactor, UserSession):
            model.query.with_deleted().filter_by(user_id=user_id).delete()
        db.session.execute(update(Gift).where(Gift.user_id == user_id).values(note=""))
        db.session.execute(update(Report).where(Report.user_id == user_id).values(note=""))
        db.session.execute(update(Invitation).where(Invitation.maker_id == user_id).values(note=""))

    def _count_city_of(self, user: User) -> None:
        self._cities.hold(user.city_id)
        db.session.flush()
        self._cities.count(user.city_id)

    def _end_logins(self, user_id: int) -> None:
        UserSession.query.filter_by(user_id=user_id).mark_deleted(at=epoch(self._clock.now()))
        AccountToken.query.filter_by(user_id=user_id).delete()


README = """鱼书：关于你的一切。每张表有 JSON 和 CSV 两种格式；时间是世界时。
YuShu: everything about you. Each table comes as JSON and as CSV; times are UTC.

"""


@dataclass(frozen=True, slots=True)
class ExportTable:
    """One table of the export. `rows` gives a member's rows by their number, `meaning` says what they are in both languages."""

    name: str
    meaning: str
    rows: Callable[[int], Sequence[ExportRow]]


class Export:
    """Write exports. Each area of the site adds its tables in the container."""

    def __init__(self, tables: Sequence[ExportTable]) -> None:
        self._tables = tuple(tables)

    def zipped(self, user_id: int) -> bytes:
        """Return a zip file of everything about a member."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", README + "".join(f"{one.name}: {one.meaning}\n" for one in self._tables))
            for table in self._tables:
                rows = [dict(row) for row in table.rows(user_id)]
                archive.writestr(f"{table.name}.json", json.dumps(rows, ensure_ascii=False, indent=2))
                archive.writestr(f"{table.name}.csv", as_csv(rows))
        return target.getvalue()


def as_csv(rows: Sequence[Mapping[str, object]]) -> str:
    """Return rows as CSV that spreadsheets open as it is meant: marked as UTF-8, and no cell a formula."""
    target = io.StringIO()
    target.write("\ufeff")
    if rows:
        writer = csv.writer(target)
        writer.writerow(rows[0])
        writer.writerows(
            [guarded(value) if isinstance(value, str) else value for value in row.values()] for row in rows
        )
    return target.getvalue()
