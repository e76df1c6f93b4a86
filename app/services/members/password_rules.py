"""Which passwords are taken, and their hashes."""

from __future__ import annotations

import re

from app.domain.account import PasswordTooCommon, is_guessable
from app.libs.password_guesses import guesses_needed
from app.libs.passwords import Lane, Passwords

SITE_WORDS = ("yushu", "鱼书", "fisher")


class PasswordRules:
    """Judge and hash new passwords."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords

    def hash_new(self, password: str, *, email: str, nickname: str, lane: Lane) -> str:
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
