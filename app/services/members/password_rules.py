"""Passwords: which are taken, their hashes, and how one that was checked stays true until what it was checked for is written."""

from __future__ import annotations

import re

from app.domain.account import PasswordTooCommon, is_guessable
from app.libs.password_guesses import guesses_needed
from app.libs.passwords import PasswordLane, Passwords, password_mark
from app.models.user import User

SITE_WORDS = ("yushu", "鱼书", "fisher")


class PasswordRules:
    """Judge and hash new passwords."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords

    def hash_new(self, password: str, *, email: str, nickname: str, lane: PasswordLane) -> str:
        """Return the hash of a new password. Slow on purpose: never called inside a transaction.

        :raises PasswordTooCommon: as `ensure_hard_to_guess`.
        :raises BusyError: when too many are being hashed.
        """
        self.ensure_hard_to_guess(password, email=email, nickname=nickname)
        return self._passwords.hash(password, lane)

    @staticmethod
    def ensure_hard_to_guess(password: str, *, email: str, nickname: str) -> None:
        """Refuse what people try first: common words, names, dates, and what is known of the member, with a few signs added.

        :raises PasswordTooCommon: when few guesses find it.
        """
        name, _, domain = email.partition("@")
        context = (nickname, name, email, *re.split(r"[\W_]+", f"{nickname} {name}"), *domain.split("."), *SITE_WORDS)
        if is_guessable(guesses_needed(password, context=context)):
            raise PasswordTooCommon


def lock_member(user_id: int, *, mark: str) -> User | None:
    """Lock a member's row until the transaction ends, and return it.

    Hashing takes too long for a transaction, so a password is checked before one begins. The one who changes it holds the
    same lock: either they see what this transaction writes, or this one sees that the password is another.

    :param mark: of the password that was checked, see `password_mark`.
    :return: None when the password was changed since, or the member left or was disabled.
    """
    query = User.query.filter_by(id=user_id, disabled_at=None).populate_existing().with_for_update()
    user: User | None = query.one_or_none()
    return user if user is not None and password_mark(user.password_hash) == mark else None
