"""Becoming a member: register, confirm the address, or come with an invitation.

Hashing happens before a transaction begins, never inside one. A known address gets what a new one gets, and its owner
a letter.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.domain.account import (
    EmailTaken,
    NicknameTaken,
    Role,
    UnfitAccount,
    fold_key,
    is_nickname,
    is_password_length,
)
from app.domain.invitation import InvitationInvalid, typed_invitation
from app.events import catalog as events
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.libs.database import rows_touched
from app.libs.mail_addresses import normal_address
from app.mail.outbox import Outbox
from app.models.invitation import Invitation
from app.models.user import User
from app.services.account_tokens import AccountTokens
from app.services.letters import recipient_of
from app.services.password_rules import PasswordRules
from app.services.use_cases import use_case


class Registration:
    """Make accounts and confirm them."""

    def __init__(self, *, clock: Clock, rules: PasswordRules, tokens: AccountTokens, outbox: Outbox) -> None:
        self._clock = clock
        self._rules = rules
        self._tokens = tokens
        self._outbox = outbox

    def register(self, *, email: str, nickname: str, password: str, language: str, invitation: str = "") -> None:
        """Make an account and post the confirmation; with an invitation it is confirmed at once, without mail.

        A known address is not told here: its owner gets a letter instead.

        :raises NicknameTaken: when somebody has the nickname, whatever the address.
        :raises PasswordTooCommon: when the password is on the list or says who one is.
        :raises InvitationInvalid: when there is no such invitation, or it is used up or over.
        """
        password_hash = self._rules.hash_new(password, email=email, nickname=nickname)
        try:
            self._enter(email, nickname, password_hash, language=language, invitation=invitation)
        except IntegrityError:
            self._explain_collision(email, nickname)

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
        :raises PasswordTooCommon: when the password is on the list or says who one is.
        :raises EmailTaken: when somebody has the address.
        :raises NicknameTaken: when somebody has the nickname.
        """
        address = normal_address(email)
        if address is None or not is_nickname(nickname) or not is_password_length(password):
            raise UnfitAccount
        password_hash = self._rules.hash_new(password, email=address, nickname=nickname)
        confirmed_at = epoch(self._clock.now()) if is_confirmed else None
        try:
            return self._create(
                address, nickname, password_hash, language=language, role=role, confirmed_at=confirmed_at
            )
        except IntegrityError:
            raise EmailTaken(email=address) from None

    @use_case
    def confirm(self, token: str) -> int:
        """Confirm the address that a link was mailed to, and give the member's number.

        :raises LinkExpired: when the link no longer works.
        """
        with db.auto_commit() as session:
            link = self._tokens.use("confirm", token)
            confirmed = session.execute(
                update(User)
                .where(User.id == link.user_id, User.confirmed_at.is_(None))
                .values(confirmed_at=epoch(self._clock.now()))
            )
            if rows_touched(confirmed):
                events.member_confirmed.publish(member=link.user_id)
        return link.user_id

    @use_case
    def post_confirmation(self, user_id: int) -> None:
        """Post the confirmation once more; nothing for an address that is confirmed."""
        with db.auto_commit() as session:
            user = session.get_one(User, user_id)
            if user.confirmed_at is None:
                self._outbox.post("confirm", recipient_of(user))

    @use_case
    def _enter(self, email: str, nickname: str, password_hash: str, *, language: str, invitation: str) -> None:
        with db.auto_commit():
            self._ensure_nickname_is_free(nickname)
            if invitation:
                self._take_place(invitation)
                self._insert(email, nickname, password_hash, language=language, confirmed_at=epoch(self._clock.now()))
            else:
                user = self._insert(email, nickname, password_hash, language=language)
                self._outbox.post("confirm", recipient_of(user))

    @use_case
    def _create(self, email: str, nickname: str, password_hash: str, /, **values: Any) -> int:
        with db.auto_commit():
            self._ensure_nickname_is_free(nickname)
            return self._insert(email, nickname, password_hash, **values).id

    def _insert(self, email: str, nickname: str, password_hash: str, **values: Any) -> User:
        user = User(
            email=email,
            email_key=fold_key(email),
            nickname=nickname,
            nickname_key=fold_key(nickname),
            password_hash=password_hash,
            create_time=epoch(self._clock.now()),
            **values,
        )
        db.session.add(user)
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
                Invitation.expires_at > epoch(self._clock.now()),
            )
            .values(used=Invitation.used + 1)
        )
        if not rows_touched(taken):
            raise InvitationInvalid

    @staticmethod
    def _ensure_nickname_is_free(nickname: str) -> None:
        """Look first, so that a taken nickname is told before the address matters; the unique key decides a race."""
        if User.query.filter_by(nickname_key=fold_key(nickname)).first() is not None:
            raise NicknameTaken(nickname=nickname)

    @use_case
    def _explain_collision(self, email: str, nickname: str) -> None:
        """Find out which key was taken: a known address gets a letter, a nickname just taken is refused."""
        with db.auto_commit():
            owner = User.query.filter_by(email_key=fold_key(email)).one_or_none()
            if owner is None:
                raise NicknameTaken(nickname=nickname)
            self._outbox.post("registered_again", recipient_of(owner))
