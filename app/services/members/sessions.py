"""Sessions: one row per browser that is logged in; the cookie carries a random token, the row its SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from app import events
from app.db.dialects import DRIVER_ERRORS
from app.db.pool import PoolExhaustedError
from app.domain.account import Member, WrongCredentials
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.libs.deadline import waiting_at_most
from app.libs.user_agent import device_name
from app.mail.outbox import Outbox, recipient_of
from app.models.user import User, UserSession
from app.services.members.password_rules import lock_member
from app.services.operations.purging import sweep
from app.services.unit_of_work import use_case

SEEN_EVERY_SECONDS = 3600
MAX_AGENT_LENGTH = 200

_log = structlog.get_logger()


def hash_token(token: str) -> str:
    """Return what is stored of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Sessions:
    """Open, touch and end sessions."""

    def __init__(self, clock: Clock, outbox: Outbox) -> None:
        self._clock = clock
        self._outbox = outbox

    @use_case
    def open(self, user_id: int, *, mark: str, agent: str, instead_of: Member | None = None) -> str:
        """Begin a session and return its token, which nobody can read from the database.

        A member who is logged in elsewhere, but not from such a browser, is told by mail.

        :param mark: of the password that was checked, see `password_mark`.
        :param instead_of: who was logged in with this browser until now; their session ends.
        :raises WrongCredentials: when it is no longer their password.
        """
        if instead_of is not None:
            self.end(instead_of.id, instead_of.session_id)
        token = secrets.token_urlsafe(32)
        now = epoch(self._clock.now())
        user = lock_member(user_id, mark=mark)
        if user is None:
            raise WrongCredentials
        self._tell_if_new(user, agent[:MAX_AGENT_LENGTH])
        events.session_opened.publish(member=user_id)
        db.session.add(
            UserSession(
                user_id=user_id,
                token_hash=hash_token(token),
                agent=agent[:MAX_AGENT_LENGTH],
                seen_time=now,
                create_time=now,
            )
        )
        return token

    def _tell_if_new(self, user: User, agent: str) -> None:
        mine = UserSession.query.filter_by(user_id=user.id)
        known = {device_name(one.agent, "en") for one in mine}
        if known and device_name(agent, "en") not in known:
            self._outbox.post("new_login", recipient_of(user), {"device": device_name(agent, user.language)})

    def touch(self, session_id: int) -> None:
        """Note that the session's member is here, at most once an hour, if that can be written at once.

        It is done while a page is looked at, which must wait for nobody. Where somebody writes just now, or the disk is full,
        the next page tries again.
        """
        now = epoch(self._clock.now())
        try:
            with waiting_at_most(0), db.auto_commit() as session:
                session.execute(
                    update(UserSession)
                    .where(UserSession.id == session_id, UserSession.seen_time <= now - SEEN_EVERY_SECONDS)
                    .values(seen_time=now)
                )
        except (DBAPIError, *DRIVER_ERRORS, PoolExhaustedError) as error:
            _log.info("session not touched", problem=type(error).__name__)

    @use_case
    def end(self, user_id: int, session_id: int) -> bool:
        """End one session of a member; False when they have no such session."""
        mine = UserSession.query.filter_by(id=session_id, user_id=user_id)
        is_ended = bool(mine.mark_deleted(at=epoch(self._clock.now())))
        if is_ended:
            events.session_ended.publish(member=user_id, session=session_id)
        return is_ended

    @use_case
    def end_others(self, user_id: int, *, but: int | None = None) -> int:
        """End every session of a member but one, and give how many were ended. No browser is known to be theirs any more."""
        newer = User.browser_generation + 1
        db.session.execute(update(User).where(User.id == user_id).values(browser_generation=newer))
        mine = UserSession.query.filter_by(user_id=user_id)
        others = mine if but is None else mine.filter(UserSession.id != but)
        ended = int(others.mark_deleted(at=epoch(self._clock.now())))
        if ended:
            events.other_sessions_ended.publish(member=user_id, number=ended)
        return ended

    def forget_old(self, *, idle: timedelta, longest: timedelta) -> int:
        """Delete the sessions that are over, and return their number."""
        now = self._clock.now()
        over = (UserSession.seen_time <= epoch(now - idle), UserSession.create_time <= epoch(now - longest))
        return sum(sweep(self._clock, UserSession, is_over) for is_over in over)
