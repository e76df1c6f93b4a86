"""Hash passwords with argon2id, a bounded number at a time."""

from __future__ import annotations

import os
import threading
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError


class BusyError(Exception):
    """Too many passwords are being checked at the same time; try again in a moment."""


class Passwords:
    """Hash and verify. One hash takes about 64 MiB and 50 ms; no more than `at_once` run in parallel.

    :param wait_seconds: how long a caller waits for its turn before `BusyError`.
    """

    def __init__(
        self, hasher: PasswordHasher | None = None, *, at_once: int | None = None, wait_seconds: float = 5
    ) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = threading.BoundedSemaphore(at_once or os.cpu_count() or 2)
        self._wait_seconds = wait_seconds

    def hash(self, password: str) -> str:
        """Give the encoded hash to be stored.

        :raises BusyError: when no turn came in time.
        """
        with _Turn(self._turns, self._wait_seconds):
            return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is the one that was hashed. Without a stored hash it takes as long and says no.

        :raises BusyError: when no turn came in time.
        """
        with _Turn(self._turns, self._wait_seconds):
            nobodys = self._nobodys  # made before it is known whether it is needed: it takes as long as a check
            try:
                return self._hasher.verify(stored or nobodys, password) and stored is not None
            except (VerifyMismatchError, VerificationError, InvalidHashError):
                return False

    def needs_rehash(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(os.urandom(16).hex())


class _Turn:
    """One of the turns, taken with a time limit."""

    def __init__(self, turns: threading.BoundedSemaphore, wait_seconds: float) -> None:
        self._turns, self._wait_seconds = turns, wait_seconds

    def __enter__(self) -> None:
        if not self._turns.acquire(timeout=self._wait_seconds):
            raise BusyError("too many passwords are being checked")

    def __exit__(self, *_error: object) -> None:
        self._turns.release()
