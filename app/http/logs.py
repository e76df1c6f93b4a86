"""Log lines: readable on a console, JSON in production; never a path, a token or an address.

The lines about security say who came in, who did not and what was changed, never a password, a token or a mail address. Trouble that is
met often is written once a second.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, g

from app.http.limits import asking_address


def init_app(app: Flask) -> None:
    """Set up structlog as the settings say."""
    json = app.config["LOG_FORMAT"] == "json"
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        # a plain traceback: one with the values of variables would write passwords and addresses into the log
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if json else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, app.config["LOG_LEVEL"].upper())),
        logger_factory=lambda *_names: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


_log = structlog.get_logger()


def note(event: str, *, member: int | None = None) -> None:
    """Write a line about something that went well; without `member` it is about the member who is logged in."""
    _log.info(event, member=_asking() if member is None else member)


def note_refused(event: str, *, member: int | None = None) -> None:
    """Write a line about a wrong password or code, with the address that tried it."""
    _log.warning(f"{event} refused", member=_asking() if member is None else member, address=asking_address())


def _asking() -> int | None:
    return g.user.id if g.user else None


class LogThrottle:
    """Lets one message through in each interval and counts the others.

    :param seconds: the interval.
    """

    def __init__(self, seconds: float = 1.0, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._now = now
        self._lock = threading.Lock()
        self._next = float("-inf")
        self._suppressed = 0

    def admit(self) -> int | None:
        """Return how many messages were suppressed since the last one that may be written; None: suppress this one, too."""
        with self._lock:
            now = self._now()
            if now < self._next:
                self._suppressed += 1
                return None
            self._next = now + self._seconds
            suppressed, self._suppressed = self._suppressed, 0
            return suppressed


def first_line(error: BaseException) -> str:
    """Return an error's kind and the first line of what it says, at most 200 characters: a log line without a traceback."""
    said = str(getattr(error, "orig", None) or error).strip()
    return f"{type(error).__name__}: {said.splitlines()[0] if said else ''}"[:200]
