"""Leaf tool: how long the work at hand may still wait, for threads, connections, locks and repeats together.

A limit for each wait is no limit for the whole: six tries of ten seconds are a minute. A block has one time for all waits
inside it, and whatever waits asks here how much of it is left. Outside of such a block each wait has its own limit alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import ceil
from time import monotonic

_until: ContextVar[float | None] = ContextVar("waiting_until", default=None)


@contextmanager
def waiting_at_most(seconds: float, *, since: float | None = None) -> Iterator[None]:
    """Let everything in the block wait no longer than this, taken together; an outer block's time is not extended.

    :param since: the moment from which the seconds count, by `time.monotonic`; now when left out.
    """
    until, outer = (monotonic() if since is None else since) + seconds, _until.get()
    token = _until.set(until if outer is None else min(until, outer))
    try:
        yield
    finally:
        _until.reset(token)


def time_left(at_most: float) -> float:
    """Return the seconds that one wait may take here: `at_most`, or what is left of the block's time; never below zero."""
    until = _until.get()
    return at_most if until is None else max(0.0, min(at_most, until - monotonic()))


def whole_seconds_left(at_most: float) -> int:
    """Return the same in whole seconds, rounded up, for those that are set on a connection: it seldom changes."""
    return ceil(time_left(at_most))
