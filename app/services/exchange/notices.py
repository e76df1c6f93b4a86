"""Notify members of what happened: a notice in the site and, for those who want it, mail, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import update

from app.db.database import rows_touched
from app.domain.moderation import Stop
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.mail.outbox import Outbox
from app.models.drift import Drift
from app.models.gift import Gift
from app.models.message import Notice
from app.services.unit_of_work import use_case

#: What is told in the site alone; every other kind has a mail of the same name.
SITE_ONLY = frozenset({"address_opened", "drift_delayed", "miss_denied", "moderate_drift", "moderate_losses"})


class Notices:
    """Writes notices and posts their mail."""

    def __init__(self, clock: Clock, outbox: Outbox) -> None:
        self._clock = clock
        self._outbox = outbox

    def tell(self, member_id: int, kind: str, drift: Drift, *, until: int | None = None) -> None:
        """Notify one side of a drift. The mail names the book and the other side; never an address or a message.

        :param until: what the mail calls so, where it is not the drift's deadline.
        """
        other = drift.giver_name if member_id == drift.requester_id else drift.requester_name
        self._write(member_id, kind, drift_id=drift.id)
        if kind not in SITE_ONLY:
            context = {"title": drift.title, "who": other, "until": until or drift.due_at or 0, "drift": drift.id}
            self._outbox.post_to_member(member_id, kind, context)

    def tell_about_gift(self, member_ids: Iterable[int], kind: str, gift: Gift, *, title: str, giver: str) -> None:
        """Notify those who wish a book of a copy of it, in the order given."""
        for member_id in member_ids:
            self._write(member_id, kind, gift_id=gift.id)
            self._outbox.post_to_member(member_id, kind, {"title": title, "who": giver, "gift": gift.id})

    def tell_lifted(self, member_id: int, stop: Stop) -> None:
        """Notify a member that they may give, or ask, again."""
        kind = f"{stop.value}_again"
        self._write(member_id, kind)
        self._outbox.post_to_member(member_id, kind, {})

    def note(self, member_id: int, kind: str) -> None:
        """Write a notice that names nothing else; mail about it is the caller's."""
        self._write(member_id, kind)

    @use_case
    def mark_read(self, member_id: int, *, up_to: int) -> int:
        """Mark a member's notices read, up to an id, and give their number."""
        done = db.session.execute(
            update(Notice)
            .where(Notice.user_id == member_id, Notice.id <= up_to, Notice.read_at.is_(None))
            .values(read_at=epoch(self._clock.now()))
        )
        return rows_touched(done)

    def _write(self, member_id: int, kind: str, *, drift_id: int | None = None, gift_id: int | None = None) -> None:
        now = epoch(self._clock.now())
        db.session.add(Notice(user_id=member_id, kind=kind, drift_id=drift_id, gift_id=gift_id, create_time=now))
