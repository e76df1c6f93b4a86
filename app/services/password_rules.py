"""Which passwords are taken, and their hashes."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.account import PasswordTooCommon, is_guessable
from app.libs.passwords import Passwords

SITE_WORDS = ("yushu", "鱼书", "fisher")


class PasswordRules:
    """Judge and hash new passwords.

    :param common: gives the folded passwords that many people have; asked when the first password is judged.
    """

    def __init__(self, passwords: Passwords, common: Callable[[], frozenset[str]]) -> None:
        self._passwords = passwords
        self._common = common

    def hash_new(self, password: str, *, email: str, nickname: str) -> str:
        """Give the hash of a new password. Slow on purpose: never called inside a transaction.

        :raises PasswordTooCommon: when it is on the list, or says who one is.
        :raises BusyError: when too many are being hashed.
        """
        if is_guessable(password, common=self._common(), context=(email, nickname, *SITE_WORDS)):
            raise PasswordTooCommon
        return self._passwords.hash(password)
