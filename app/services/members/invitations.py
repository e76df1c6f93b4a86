"""InvitationQueries: moderators make codes and take them back."""

from __future__ import annotations

from datetime import timedelta

from app import events
from app.domain.account import make_invitation_code
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.models.user import Invitation
from app.services.unit_of_work import use_case


class InvitationDesk:
    """Make and end invitation codes; `Registration` uses them up."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @use_case
    def make(self, maker_id: int, *, places: int, days: int, note: str) -> str:
        """Make a code for so many accounts and days, and give it."""
        now = self._clock.now()
        row = Invitation(
            code=make_invitation_code(),
            maker_id=maker_id,
            note=note,
            places=places,
            expires_at=epoch(now + timedelta(days=days)),
            create_time=epoch(now),
        )
        db.session.add(row)
        db.session.flush()
        events.invitation_made.publish(member=maker_id, invitation=row.id)
        return row.code

    @use_case
    def end(self, moderator_id: int, invitation_id: int) -> bool:
        """End a code now; False when there is none of that number that is still open."""
        now = epoch(self._clock.now())
        open_one = Invitation.query.filter_by(id=invitation_id).filter(Invitation.expires_at > now)
        is_ended = bool(open_one.mark_deleted(at=now))
        if is_ended:
            events.invitation_ended.publish(member=moderator_id, invitation=invitation_id)
        return is_ended
