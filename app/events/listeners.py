"""Who listens to domain events: the log, and a count of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import structlog

from app.events.catalog import ALL
from app.events.event import DomainEvent, Fact

_log = structlog.get_logger()


class Counters:
    """How often each event happened in this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()

    def count(self, event: DomainEvent, **_facts: Fact) -> None:
        """Count an event."""
        with self._lock:
            self._counts[event.name] += 1

    def snapshot(self) -> dict[str, int]:
        """Return the counts so far."""
        with self._lock:
            return dict(self._counts)


COUNTERS = Counters()


def write_line(event: DomainEvent, **facts: Fact) -> None:
    """Write a line of the log."""
    _log.info(event.name, **facts)


def connect() -> None:
    """Let log and counters listen; connecting twice changes nothing."""
    for event in ALL:
        event.connect(write_line)
        event.connect(COUNTERS.count, weak=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the log silent about events, for commands that act a whole story out."""
    for event in ALL:
        event.disconnect(write_line)
    try:
        yield
    finally:
        connect()
