"""A domain event: a blinker signal that is sent when the use case that published it is committed."""

from __future__ import annotations

from typing import Any

import structlog
from blinker import NamedSignal

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
            except Exception:  # noqa: BLE001 - what is told of has happened, whoever cannot bear to hear it
                _log.exception("listener failed", of=self.name)
