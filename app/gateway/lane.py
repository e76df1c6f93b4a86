"""Threads that work off what waits, in the order in which it came."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any


class NoThreadError(Exception):
    """No thread came free in time."""


class _Job:
    """Something to be done, by a thread or, when it has waited for too long, by nobody."""

    def __init__(self, work: Callable[[], Any], loop: asyncio.AbstractEventLoop) -> None:
        self.outcome: asyncio.Future[Any] = loop.create_future()
        self._work = work
        self._loop = loop
        self._taken = Lock()

    def do(self) -> None:
        """Do it, in the thread that calls, unless it was given up."""
        if not self._taken.acquire(blocking=False):
            return
        try:
            result = self._work()
        except BaseException as error:  # noqa: BLE001 - the one who waits for the outcome gets it
            self._say(self.outcome.set_exception, error)
        else:
            self._say(self.outcome.set_result, result)

    def give_up(self) -> None:
        """Let it be, unless a thread has begun."""
        if self._taken.acquire(blocking=False) and not self.outcome.done():
            self.outcome.set_exception(NoThreadError())

    def _say(self, tell: Callable[[Any], None], value: object) -> None:
        def settle() -> None:
            if not self.outcome.done():  # the server may have cancelled what it waited for
                tell(value)

        with suppress(RuntimeError):  # the server has ended
            self._loop.call_soon_threadsafe(settle)


class Lane:
    """So many threads with one queue before them. `concurrent.futures` has no limit for the wait alone.

    :param name: of the threads, as a debugger shows it.
    """

    def __init__(self, name: str, threads: int) -> None:
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        for number in range(threads):
            Thread(target=self._serve, name=f"{name}-{number}", daemon=True).start()

    async def run(self, work: Callable[[], Any], *, wait_seconds: float) -> Any:
        """Let a thread do the work and return its result.

        :raises NoThreadError: when none came free within the time; the work is not done then.
        """
        loop = asyncio.get_running_loop()
        job = _Job(work, loop)
        limit = loop.call_later(wait_seconds, job.give_up)
        self._jobs.put(job)
        try:
            return await job.outcome
        finally:
            limit.cancel()

    def _serve(self) -> None:
        while True:
            self._jobs.get().do()
