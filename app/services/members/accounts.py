"""Coming in: check who somebody is, reset and change passwords.

Hashing happens before a transaction begins, never inside one. What an unknown address gets looks and lasts like what a
known one gets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import update

from app import events
from app.db.database import rows_touched
from app.domain.account import LinkExpired, WrongCredentials, WrongPassword, fold_key
from app.domain.nickname import is_unclaimed
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.libs.passwords import Passwords
from app.mail.outbox import Outbox, Recipient, recipient_of
from app.models.user import User
from app.queries.credentials import CredentialQueries, CredentialsRow
from app.services.members.account_tokens import AccountTokens
from app.services.members.marks import Marks
from app.services.members.nicknames import Nicknames
from app.services.members.password_rules import PasswordRules, lock_member
from app.services.members.sessions import Sessions
from app.services.unit_of_work import use_case

R = TypeVar("R")


class Accounts:
    """Log in, reset and change passwords."""

    def __init__(
        self,
        *,
        clock: Clock,
        credentials: CredentialQueries,
        passwords: Passwords,
        rules: PasswordRules,
        sessions: Sessions,
        tokens: AccountTokens,
        nicknames: Nicknames,
        outbox: Outbox,
        marks: Marks,
    ) -> None:
        self._clock = clock
        self._credentials = credentials
        self._passwords = passwords
        self._rules = rules
        self._sessions = sessions
        self._tokens = tokens
        self._nicknames = nicknames
        self._outbox = outbox
        self._marks = marks

    def authenticate(self, *, email: str, password: str) -> CredentialsRow:
        """Return the account of an address and its password; hashes made with old parameters are renewed.

        Who signed up and has not opened the mail is refused, too: else a sign-up and a login with its password would tell
        whether the address had an account before.

        :raises WrongCredentials: for a wrong password, an unknown or unconfirmed address or a disabled account alike.
        :raises BusyError: when too many are being checked.
        """
        known = self._check(email, password)
        if not self._passwords.needs_rehash(known.password_hash):
            return known
        new_hash = self._passwords.hash(password, "log-in")
        if self._renew_hash(known, new_hash):
            return replace(known, password_hash=new_hash)
        return self._check(email, password)  # another log-in renewed the hash, or the password was changed

    def _check(self, email: str, password: str) -> CredentialsRow:
        known = self._credentials.find_by_email(fold_key(email))
        is_right = self._passwords.verify(known.password_hash if known else None, password, "log-in")
        if known is None or not is_right or is_unclaimed(known.nickname_key):
            raise WrongCredentials
        return known

    def find_unchanged(self, user_id: int, mark: str) -> CredentialsRow | None:
        """Find an account that still has the password that it had when its credentials had this mark."""
        known = self._credentials.find(user_id)
        return known if known is not None and known.mark == mark else None

    @use_case
    def ask_for_reset(self, email: str, *, language: str) -> None:
        """Post a reset link. For an unknown address a mail is posted, too, and dropped by the delivery: nobody can tell.

        :param email: a valid address.
        :param language: of a mail that will not be sent; members get theirs.
        """
        known = self._credentials.find_by_email(fold_key(email))
        nobody = Recipient(address=email, language=language)
        user = User.query.filter_by(id=known.user_id if known else 0).one_or_none()
        self._outbox.post("reset_password", recipient_of(user) if user else nobody)

    def reset_password(self, token: str, password: str) -> int:
        """Set a new password by a mailed link, and give the member's number; every session and other link of theirs ends.

        Who opens a mail's link has the address: that confirms it. A link from an operator's hand does not.

        :raises LinkExpired: when the link no longer works.
        :raises PasswordTooCommon: when the password is too easy to guess.
        """
        known = self._credentials.find(self._tokens.find("reset", token).user_id)
        if known is None:
            raise LinkExpired
        password_hash = self._rules.hash_new(password, email=known.email, nickname=known.nickname, lane="member")
        self._reset(token, password_hash)
        return known.user_id

    def change_password(self, user_id: int, *, old: str, new: str, session_id: int) -> None:
        """Set a new password after checking the old one; every other session ends.

        :raises WrongPassword: when the old one is wrong.
        :raises PasswordTooCommon: when the new one is too easy to guess.
        """
        known = self._ensure_password(user_id, old)
        password_hash = self._rules.hash_new(new, email=known.email, nickname=known.nickname, lane="member")
        self._act_as(known, lambda: self._set_password(user_id, password_hash, keep_session=session_id))

    def act_with_password(self, user_id: int, password: str, act: Callable[[], R]) -> R:
        """Check a member's password, then do in one transaction what it was asked for, unless it was changed meanwhile.

        :raises WrongPassword: when it is not the member's password.
        """
        return self._act_as(self._ensure_password(user_id, password), act)

    @use_case
    def _act_as(self, known: CredentialsRow, act: Callable[[], R]) -> R:
        if lock_member(known.user_id, mark=known.mark) is None:
            raise WrongPassword
        return act()

    def _ensure_password(self, user_id: int, password: str) -> CredentialsRow:
        known = self._credentials.find(user_id)
        if not self._passwords.verify(known.password_hash if known else None, password, "member") or known is None:
            raise WrongPassword
        return known

    @use_case
    def _reset(self, token: str, password_hash: str) -> None:
        link = self._tokens.use("reset", token)
        user = self._set_password(link.user_id, password_hash, keep_session=None)
        events.password_reset.publish(member=user.id)
        if fold_key(link.email) == user.email_key:
            if user.confirmed_at is None:
                user.confirmed_at = epoch(self._clock.now())
                events.member_confirmed.publish(member=user.id)
            self._marks.add(user.id, user.email)
        self._nicknames.claim(user)

    @use_case
    def _set_password(self, user_id: int, password_hash: str, *, keep_session: int | None) -> User:
        user = db.session.get_one(User, user_id)
        user.password_hash = password_hash
        self._tokens.forget_all(user_id)
        self._sessions.end_others(user_id, but=keep_session)
        self._outbox.post("password_changed", recipient_of(user))
        events.password_changed.publish(member=user_id)
        return user

    @use_case
    def _renew_hash(self, known: CredentialsRow, new_hash: str) -> bool:
        renewed = db.session.execute(
            update(User)
            .where(User.id == known.user_id, User.password_hash == known.password_hash)
            .values(password_hash=new_hash)
        )
        return bool(rows_touched(renewed))
