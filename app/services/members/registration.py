"""Becoming a member: register, confirm the address, or come with an invitation, which moderators make and take back.

What costs little is looked at first; hashing happens before a transaction begins, never inside one. A known address gets what a
new one gets, in the same number of transactions, and its owner a mail.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app import events
from app.db.database import rows_touched
from app.domain.account import (
    EmailTaken,
    InvitationInvalid,
    Role,
    UnfitAccount,
    fold_key,
    is_password_length,
    make_invitation_code,
    typed_invitation,
)
from app.domain.nickname import is_nickname, is_unclaimed, nickname_key, normal_nickname, unclaimed_key
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.libs.mail_addresses import normal_address
from app.mail.outbox import Outbox, recipient_of
from app.models.user import Invitation, User
from app.queries.member import InvitationQueries
from app.services.members.account_tokens import AccountTokens
from app.services.members.marks import Marks
from app.services.members.nicknames import Nicknames
from app.services.members.password_rules import PasswordRules
from app.services.unit_of_work import RaceLostError, use_case


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


#: What an account has from who signed up.
_SIGNED_UP = ("nickname", "nickname_key", "password_hash", "language", "confirmed_at")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Whose address was confirmed. `renamed` is their new nickname, when somebody else got theirs first."""

    user_id: int
    renamed: str | None


class Registration:
    """Make accounts and confirm them."""

    def __init__(
        self,
        *,
        clock: Clock,
        rules: PasswordRules,
        nicknames: Nicknames,
        invitations: InvitationQueries,
        tokens: AccountTokens,
        outbox: Outbox,
        marks: Marks,
    ) -> None:
        self._clock = clock
        self._rules = rules
        self._nicknames = nicknames
        self._invitations = invitations
        self._tokens = tokens
        self._outbox = outbox
        self._marks = marks

    def register(self, *, email: str, nickname: str, password: str, language: str, invitation: str = "") -> None:
        """Make an account and post the confirmation; with an invitation it is confirmed at once, without mail.

        A known address is not told here: its owner gets a mail instead, and the invitation is used up all the same.

        :raises NicknameTaken: when somebody has the nickname, for a known address, too.
        :raises NicknameReserved: when the nickname speaks for the site.
        :raises PasswordTooCommon: when few guesses find the password.
        :raises InvitationInvalid: when there is no such invitation, or it is used up or over.
        :raises BusyError: when too many are being hashed.
        """
        self._nicknames.ensure_may_have(nickname)
        if invitation and not self._invitations.has_place(typed_invitation(invitation), now=self._now()):
            raise InvitationInvalid
        password_hash = self._rules.hash_new(password, email=email, nickname=nickname, lane="sign-up")
        if invitation:
            self._enter_invited(email, nickname, password_hash, language=language, invitation=invitation)
        else:
            self._enter(email, nickname, password_hash, language=language)

    def create(
        self,
        *,
        email: str,
        nickname: str,
        password: str,
        is_confirmed: bool,
        role: Role = "member",
        language: str = "zh",
    ) -> int:
        """Make an account for somebody, as an operator does, and give its number.

        :raises UnfitAccount: when address, nickname or the password's length break the rules.
        :raises PasswordTooCommon: when few guesses find the password.
        :raises EmailTaken: when somebody has the address.
        :raises NicknameTaken: when somebody has the nickname.
        :raises NicknameReserved: when the nickname passes for that of somebody who left.
        """
        address, nickname = normal_address(email), normal_nickname(nickname)
        if address is None or not is_nickname(nickname) or not is_password_length(password):
            raise UnfitAccount
        self._nicknames.ensure_may_have(nickname, is_staff=True)
        password_hash = self._rules.hash_new(password, email=address, nickname=nickname, lane="member")
        confirmed_at = self._now() if is_confirmed else None
        return self._create(address, nickname, password_hash, language=language, role=role, confirmed_at=confirmed_at)

    @use_case
    def confirm(self, token: str) -> Confirmed:
        """Confirm the address that a link was mailed to; the nickname is the member's from now on.

        :raises LinkExpired: when the link no longer works.
        """
        user = db.session.get_one(User, self._tokens.use("confirm", token).user_id)
        before = user.nickname
        if user.confirmed_at is None:
            user.confirmed_at = self._now()
            events.member_confirmed.publish(member=user.id)
        self._marks.add(user.id, user.email)
        self._nicknames.claim(user)
        return Confirmed(user.id, None if user.nickname == before else user.nickname)

    @use_case
    def post_confirmation(self, user_id: int) -> None:
        """Post the confirmation once more; nothing for an address that is confirmed."""
        user = db.session.get_one(User, user_id)
        if user.confirmed_at is None:
            self._outbox.post("confirm", recipient_of(user))

    @use_case
    def _enter(self, email: str, nickname: str, password_hash: str, *, language: str) -> None:
        owner = _find(email)
        if owner is not None:
            self._outbox.post("registered_again", recipient_of(owner))
            return
        key = unclaimed_key(secrets.token_hex(16))
        user = self._insert(email, nickname, password_hash, nickname_key=key, language=language)
        self._outbox.post("confirm", recipient_of(user))

    @use_case
    def _enter_invited(self, email: str, nickname: str, password_hash: str, *, language: str, invitation: str) -> None:
        """Let somebody in without mail. A sign-up that waits for its mail is theirs: nobody has shown the address to be theirs."""
        self._nicknames.ensure_may_have(nickname)
        self._take_place(invitation)
        owner = _find(email)
        if owner is not None and not is_unclaimed(owner.nickname_key):
            self._outbox.post("registered_again", recipient_of(owner))
            return
        values = {"nickname_key": nickname_key(nickname), "language": language, "confirmed_at": self._now()}
        if owner is None:
            self._insert(email, nickname, password_hash, **values)
        else:
            self._tokens.forget_all(owner.id)
            owner.set_attrs({"nickname": nickname, "password_hash": password_hash} | values, allowed=_SIGNED_UP)
            _flush()
            events.member_confirmed.publish(member=owner.id)

    @use_case
    def _create(self, email: str, nickname: str, password_hash: str, /, **values: Any) -> int:
        if _find(email) is not None:
            raise EmailTaken(email=email)
        self._nicknames.ensure_may_have(nickname, is_staff=True)
        user = self._insert(email, nickname, password_hash, nickname_key=nickname_key(nickname), **values)
        if user.confirmed_at is not None:
            self._marks.add(user.id, email)
        return user.id

    def _insert(self, email: str, nickname: str, password_hash: str, **values: Any) -> User:
        user = User(
            email=email,
            email_key=fold_key(email),
            nickname=nickname,
            password_hash=password_hash,
            create_time=self._now(),
            **values,
        )
        db.session.add(user)
        _flush()
        user.person_id = user.id
        db.session.flush()
        events.member_registered.publish(member=user.id)
        if user.confirmed_at is not None:
            events.member_confirmed.publish(member=user.id)
        return user

    def _take_place(self, invitation: str) -> None:
        taken = db.session.execute(
            update(Invitation)
            .where(
                Invitation.code == typed_invitation(invitation),
                Invitation.used < Invitation.places,
                Invitation.expires_at > self._now(),
            )
            .values(used=Invitation.used + 1)
        )
        if not rows_touched(taken):
            raise InvitationInvalid

    def _now(self) -> int:
        return epoch(self._clock.now())


def _find(email: str) -> User | None:
    user: User | None = User.query.filter_by(email_key=fold_key(email)).one_or_none()
    return user


def _flush() -> None:
    """Write what is pending. Of two at once with one address or nickname the later looks again and finds it taken."""
    try:
        db.session.flush()
    except IntegrityError:
        raise RaceLostError from None
