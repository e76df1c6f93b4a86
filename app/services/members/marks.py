"""Marks: find out which accounts are one person's, by the mailboxes that they confirmed."""

from __future__ import annotations

import secrets

from sqlalchemy import func, or_, select, update

from app.domain.account import fold_key
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.libs.encryption import Sealer
from app.libs.mail_addresses import address_digest, address_mark, canonical_address
from app.models.user import MARK_SECRET, Mark, MemberMark, SiteSecret, User
from app.services.exchange.ledger import Ledger
from app.services.unit_of_work import insert_once


class Marks:
    """Keeps the marks of confirmed addresses, inside a use case."""

    def __init__(self, *, clock: Clock, sealer: Sealer, ledger: Ledger) -> None:
        self._clock = clock
        self._sealer = sealer
        self._ledger = ledger

    def add(self, member_id: int, email: str) -> None:
        """Remember that a member confirmed an address; every account that ever did the same is one person with them."""
        mark = address_mark(self._get_key(), address_digest(canonical_address(fold_key(email))))
        mark_id = self._lock_mark(mark)
        same_mark = select(MemberMark.member_id).where(MemberMark.mark_id == mark_id)
        persons = self._ledger.lock_persons(or_(User.id == member_id, User.id.in_(same_mark)))
        insert_once(MemberMark, mark_id=mark_id, member_id=member_id, create_time=epoch(self._clock.now()))
        if len(persons) > 1:
            db.session.execute(
                update(User).where(User.person_id.in_(persons)).values(person_id=persons[0]),
                execution_options={"include_deleted": True},
            )
            self._suspend_alike(persons[0])

    @staticmethod
    def _suspend_alike(person_id: int) -> None:
        """Let a suspension of one of a person's accounts hold for all of them."""
        accounts = User.__table__
        of_person = accounts.c.person_id == person_id
        until = db.session.execute(select(func.max(accounts.c.suspended_until)).where(of_person)).scalar_one()
        if until:
            db.session.execute(
                update(User).where(User.person_id == person_id).values(suspended_until=until),
                execution_options={"include_deleted": True},
            )

    def _lock_mark(self, mark: str) -> int:
        """Hold the row of a mark, made if need be, so that accounts get it one after the other; return its id."""
        held = select(Mark.id).where(Mark.mark == mark).with_for_update()
        known = db.session.execute(held).scalar_one_or_none()
        if known is None:  # an INSERT that does nothing would use up a number on MariaDB
            insert_once(Mark, mark=mark, create_time=epoch(self._clock.now()))
            known = db.session.execute(held).scalar_one()
        return known

    def _get_key(self) -> bytes:
        """Return the secret that marks are made with; the first call of a site's life makes it."""
        stored = select(SiteSecret.sealed).where(SiteSecret.id == MARK_SECRET)
        sealed = db.session.execute(stored).scalar_one_or_none()
        if sealed is None:
            fresh = self._sealer.seal({"key": secrets.token_hex(32)})
            insert_once(SiteSecret, id=MARK_SECRET, sealed=fresh, create_time=epoch(self._clock.now()))
            sealed = db.session.execute(stored).scalar_one()
        return bytes.fromhex(self._sealer.unseal(sealed)["key"])
