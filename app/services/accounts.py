"""Accounts: register, confirm, log in, reset and change passwords.

Hashing happens before a transaction begins, never inside one. What an unknown address gets looks and lasts like what a
known one gets.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.domain.account import (
    NicknameTaken,
    PasswordTooCommon,
    Role,
    WrongCredentials,
    WrongPassword,
    fold_key,
    is_guessable,
)
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.libs.passwords import Passwords
from app.mail.outbox import Outbox, Recipient
from app.models.user import User
from app.services.account_tokens import AccountTokens
from app.services.sessions import Sessions

SITE_WORDS = ("yushu", "鱼书", "fisher")


@dataclass(frozen=True, slots=True)
class Account:
    """What a login or a command line needs to know of an account."""

    id: int
    email: str
    nickname: str
    is_confirmed: bool


class Accounts:
    """The use cases of an account."""

    def __init__(
        self,
        *,
        clock: Clock,
        passwords: Passwords,
        common_passwords: frozenset[str],
        sessions: Sessions,
        tokens: AccountTokens,
        outbox: Outbox,
    ) -> None:
        self._clock = clock
        self._passwords = passwords
        self._common = common_passwords
        self._sessions = sessions
        self._tokens = tokens
        self._outbox = outbox

    def register(self, *, email: str, nickname: str, password: str, language: str) -> None:
        """Make an unconfirmed account and post the confirmation; a known address is told so by mail instead.

        :raises NicknameTaken: when somebody has the nickname.
        :raises PasswordTooCommon: when the password is on the list or says who one is.
        """
        self._ensure_good(password, email, nickname)
        password_hash = self._passwords.hash(password)
        try:
            with db.auto_commit():
                user = self._insert(email, nickname, password_hash, language=language)
                self._outbox.post("confirm", recipient_of(user))
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
    ) -> Account:
        """Make an account for somebody, as an operator does.

        :raises NicknameTaken: when somebody has the nickname or the address.
        """
        password_hash = self._passwords.hash(password)
        try:
            with db.auto_commit() as session:
                user = self._insert(email, nickname, password_hash, language=language)
                user.role = role
                user.confirmed_at = epoch(self._clock.now()) if is_confirmed else None
                session.flush()
                return _account(user)
        except IntegrityError:
            raise NicknameTaken(nickname=nickname) from None

    def authenticate(self, *, email: str, password: str) -> Account:
        """Give the account of an address and its password; hashes made with old parameters are renewed.

        :raises WrongCredentials: for a wrong password, an unknown address or a disabled account alike.
        """
        with db.auto_commit() as session:
            user = (
                session.query(User).filter(User.email_key == fold_key(email), User.disabled_at.is_(None)).one_or_none()
            )
        if not self._passwords.verify(user.password_hash if user else None, password) or user is None:
            raise WrongCredentials
        if self._passwords.needs_rehash(user.password_hash):
            self._renew_hash(user.id, user.password_hash, password)
        return _account(user)

    def confirm(self, token: str) -> None:
        """Confirm the address that a link was mailed to.

        :raises LinkExpired: when the link no longer works.
        """
        with db.auto_commit() as session:
            link = self._tokens.use("confirm", token)
            session.execute(
                update(User)
                .where(User.id == link.user_id, User.confirmed_at.is_(None))
                .values(confirmed_at=epoch(self._clock.now()))
            )

    def ask_for_reset(self, email: str) -> None:
        """Post a reset link to a known address; for an unknown one nothing happens, and nobody can tell."""
        with db.auto_commit() as session:
            user = (
                session.query(User).filter(User.email_key == fold_key(email), User.disabled_at.is_(None)).one_or_none()
            )
            if user is not None:
                self._outbox.post("reset_password", recipient_of(user))

    def reset_password(self, token: str, password: str) -> None:
        """Set a new password by a mailed link; every session and every other link of the member ends.

        :raises LinkExpired: when the link no longer works.
        :raises PasswordTooCommon: when the password is too easy to guess.
        """
        link = self._tokens.find("reset", token)
        with db.auto_commit() as session:
            user = session.get_one(User, link.user_id)
        self._ensure_good(password, user.email, user.nickname)
        password_hash = self._passwords.hash(password)
        with db.auto_commit():
            self._tokens.use("reset", token)
            self._set_password(user, password_hash, keep_session=None)

    def change_password(self, user_id: int, *, old: str, new: str, session_id: int) -> None:
        """Set a new password after checking the old one; every other session ends.

        :raises WrongPassword: when the old one is wrong.
        :raises PasswordTooCommon: when the new one is too easy to guess.
        """
        user = self.ensure_password(user_id, old)
        self._ensure_good(new, user.email, user.nickname)
        password_hash = self._passwords.hash(new)
        with db.auto_commit():
            self._set_password(user, password_hash, keep_session=session_id)

    def ensure_password(self, user_id: int, password: str) -> User:
        """Give the member's row when this is their password.

        :raises WrongPassword: when it is not.
        """
        with db.auto_commit() as session:
            user = session.get_one(User, user_id)
        if not self._passwords.verify(user.password_hash, password):
            raise WrongPassword
        return user

    def _set_password(self, user: User, password_hash: str, *, keep_session: int | None) -> None:
        db.session.execute(update(User).where(User.id == user.id).values(password_hash=password_hash))
        self._tokens.forget_all(user.id)
        self._sessions.end_others(user.id, but=keep_session)
        self._outbox.post("password_changed", recipient_of(user))

    def _insert(self, email: str, nickname: str, password_hash: str, *, language: str) -> User:
        user = User(
            email=email,
            email_key=fold_key(email),
            nickname=nickname,
            nickname_key=fold_key(nickname),
            password_hash=password_hash,
            language=language,
            create_time=epoch(self._clock.now()),
        )
        db.session.add(user)
        db.session.flush()
        return user

    def _explain_collision(self, email: str, nickname: str) -> None:
        """Find out which key was taken: a known address gets a letter, a known nickname is refused.

        The nickname is refused whatever the address: else a taken one would tell who has an account.
        """
        with db.auto_commit() as session:
            owner = session.query(User).filter(User.email_key == fold_key(email)).one_or_none()
            is_nickname_taken = (
                session.query(User.id).filter(User.nickname_key == fold_key(nickname)).first() is not None
            )
            if owner is not None:
                self._outbox.post("registered_again", recipient_of(owner))
        if is_nickname_taken:
            raise NicknameTaken(nickname=nickname)

    def _ensure_good(self, password: str, email: str, nickname: str) -> None:
        if is_guessable(password, common=self._common, context=(email, nickname, *SITE_WORDS)):
            raise PasswordTooCommon

    def _renew_hash(self, user_id: int, old_hash: str, password: str) -> None:
        new_hash = self._passwords.hash(password)
        with db.auto_commit() as session:
            session.execute(
                update(User).where(User.id == user_id, User.password_hash == old_hash).values(password_hash=new_hash)
            )


def recipient_of(user: User) -> Recipient:
    """Give whom a letter to this member goes to."""
    return Recipient(address=user.email, name=user.nickname, language=user.language, user_id=user.id)


def _account(user: User) -> Account:
    return Account(user.id, user.email, user.nickname, user.confirmed_at is not None)
