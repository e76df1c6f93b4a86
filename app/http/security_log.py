"""The security log: who came in, who did not, what was changed; never a password, a token or a mail address."""

from __future__ import annotations

import structlog
from flask import g

from app.http.limits import asking_address

_log = structlog.get_logger()


def note(event: str, *, member: int | None = None) -> None:
    """Write a line about something that went well; without `member` it is about whoever is logged in."""
    _log.info(event, member=_asking() if member is None else member)


def note_refused(event: str, *, member: int | None = None) -> None:
    """Write a line about a wrong password or code, with the address that tried it."""
    _log.warning(f"{event} refused", member=_asking() if member is None else member, address=asking_address())


def _asking() -> int | None:
    return g.user.id if g.user else None
