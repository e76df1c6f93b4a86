"""Hash passwords with argon2id, a bounded number at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from hashlib import blake2b
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from app.libs.deadline import time_left

#: Who has a password hashed: somebody who wants an account, somebody who wants to come in, or somebody who is known by a live
#: session or a mailed link.
PasswordLane = Literal["sign-up", "log-in", "member"]


class BusyError(Exception):
    """Too many passwords are being checked at the same time; try again in a moment."""


def places_for(threads: int) -> tuple[int, int]:
    """Return how many passwords a lane may hash at once, and how many more may wait, on so many threads.

    Strangers' lanes together leave one thread at least to everybody else, from three threads on.
    """
    places = min(os.cpu_count() or 2, max(1, threads // 4))
    return places, max(0, min(threads // 4, (threads - 1 - places - _sign_up_places(places)) // 2))


def room_for(threads: int) -> dict[PasswordLane, int]:
    """Return how many requests of strangers there may be in each lane at once, hashing or waiting, on so many threads."""
    places, waiting = places_for(threads)
    return {"log-in": places + waiting, "sign-up": _sign_up_places(places) + waiting}


def _sign_up_places(places: int) -> int:
    return max(1, places // 2)


def password_mark(stored: str) -> str:
    """Return what changes with a stored hash, and tells nothing of it."""
    return blake2b(stored.encode(), digest_size=16).hexdigest()


class Passwords:
    """Hash and verify. One hash takes about 64 MiB and 50 ms.

    Each lane has places of its own, so that strangers who sign up keep nobody from coming in, and neither keeps a member from
    anything. Few may wait for a place, for they hold threads that others need; a member always may.

    :param at_once: how many run in parallel in each lane.
    :param waiting: how many more may wait in the lanes of strangers.
    :param wait_seconds: how long these wait for their turn before `BusyError`.
    """

    def __init__(
        self,
        hasher: PasswordHasher | None = None,
        *,
        at_once: int | None = None,
        waiting: int = 2,
        wait_seconds: float = 5,
    ) -> None:
        self._hasher = hasher or PasswordHasher()
        places = at_once or os.cpu_count() or 2
        self._lanes: dict[PasswordLane, _Lane] = {
            "sign-up": _Lane(_sign_up_places(places), waiting=waiting, wait_seconds=wait_seconds),
            "log-in": _Lane(places, waiting=waiting, wait_seconds=wait_seconds),
            "member": _Lane(places),
        }

    def hash(self, password: str, lane: PasswordLane) -> str:
        """Return the encoded hash to be stored.

        :raises BusyError: when no turn came in time.
        """
        with self._lanes[lane].turn():
            return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str, lane: PasswordLane) -> bool:
        """Whether the password is the one that was hashed. Without a stored hash it takes as long and says no.

        :raises BusyError: when no turn came in time.
        """
        with self._lanes[lane].turn():
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


class _Lane:
    """Places for hashing, and for waiting.

    :param waiting: how many may wait; None: as many as come.
    :param wait_seconds: how long, unless their request has less time left.
    """

    def __init__(self, places: int, *, waiting: int | None = None, wait_seconds: float = threading.TIMEOUT_MAX) -> None:
        self._turns = threading.BoundedSemaphore(places)
        self._room = None if waiting is None else threading.BoundedSemaphore(places + waiting)
        self._wait_seconds = wait_seconds

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold a place.

        :raises BusyError: when there is no room to wait, or no turn came in time.
        """
        if self._room is not None and not self._room.acquire(blocking=False):
            raise BusyError("too many passwords wait to be checked")
        try:
            if not self._turns.acquire(timeout=time_left(self._wait_seconds)):
                raise BusyError("too many passwords are being checked")
            try:
                yield
            finally:
                self._turns.release()
        finally:
            if self._room is not None:
                self._room.release()
