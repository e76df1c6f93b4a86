"""Domain events: signals that tell of what was committed, once, and never of what was rolled back. The log and the counters listen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import structlog
from blinker import NamedSignal

from app.domain.drift import DriftState
from app.extensions import db

#: Ids, numbers and words of the rules: never what a member wrote, is called or lives at.
Fact = int | str | None

_log = structlog.get_logger()


class DomainEvent(NamedSignal):
    """One kind of thing that happens. A listener is called with the event, and its facts by name.

    A process that dies right after the commit sends nothing: what must not be lost is written in the use case's own transaction.
    """

    def publish(self, **facts: Fact) -> None:
        """Send the event once the open `auto_commit` block is committed."""
        db.after_commit.append(lambda: self._send_to_all(facts))

    def _send_to_all(self, facts: dict[str, Any]) -> None:
        """Call every listener; one that fails is logged, and neither the others nor the use case notice."""
        for listener in self.receivers_for(self):
            try:
                listener(self, **facts)
            except Exception:  # noqa: BLE001 - what is told of has happened, even if a listener fails
                _log.exception("listener failed", of=self.name)


member_registered = DomainEvent("signed up")
member_confirmed = DomainEvent("address confirmed")
member_disabled = DomainEvent("account disabled")
member_enabled = DomainEvent("account enabled")
member_left = DomainEvent("account deleted")
role_given = DomainEvent("role given")
profile_changed = DomainEvent("profile changed")
email_changed = DomainEvent("address changed")
password_changed = DomainEvent("password changed")
password_reset = DomainEvent("password reset")
second_factor_on = DomainEvent("second factor on")
second_factor_off = DomainEvent("second factor off")
recovery_code_used = DomainEvent("recovery code used")
recovery_codes_renewed = DomainEvent("recovery codes renewed")

session_opened = DomainEvent("login")
session_ended = DomainEvent("logout")
other_sessions_ended = DomainEvent("other logins ended")

invitation_made = DomainEvent("invitation made")
invitation_ended = DomainEvent("invitation ended")
reported = DomainEvent("reported")
moderator_acted = DomainEvent("moderator acted")

list_made = DomainEvent("list made")
list_deleted = DomainEvent("list deleted")
list_restored = DomainEvent("list restored")

city_chosen = DomainEvent("city chosen")
holiday_taken = DomainEvent("holiday taken")
holiday_ended = DomainEvent("holiday ended")

member_blocked = DomainEvent("member blocked")
member_unblocked = DomainEvent("member unblocked")

gift_offered = DomainEvent("gift offered")
gift_withdrawn = DomainEvent("gift withdrawn")
gift_resumed = DomainEvent("gift resumed")
wish_made = DomainEvent("wish made")
wish_withdrawn = DomainEvent("wish withdrawn")
wish_answered = DomainEvent("wish answered")

#: By what the drift's history calls it: a state it came to, or what happened without one.
drift = {
    kind: DomainEvent(f"drift {'requested' if kind == DriftState.WAITING else kind}")
    for kind in (*(state.value for state in DriftState), "opened", "delayed", "reminded", "denied")
}

ALL: tuple[DomainEvent, ...] = (
    *(each for each in list(globals().values()) if isinstance(each, DomainEvent)),
    *drift.values(),
)


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
