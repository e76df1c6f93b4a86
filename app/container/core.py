"""The container: settings, clock, database, keys and mail, which every area uses."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask import Flask

from app.db.sql_helper import SqlHelper
from app.extensions import db, pool_of
from app.libs.clock import Clock, SystemClock
from app.libs.encryption import Sealer
from app.mail.mail import Mailbox
from app.mail.outbox import Outbox
from app.mail.rendering import Renderer
from app.mail.transports import Transport, transport_for
from app.queries.message import MailQueries


class Core:
    """Settings, clock, the read door and keys of one app."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.clock: Clock = SystemClock()

    @property
    def settings(self) -> dict[str, Any]:
        """The app's settings by name."""
        return self.app.config

    @cached_property
    def sql(self) -> SqlHelper:
        """The read door."""
        return SqlHelper(pool_of(self.app), db.joined_connection)

    @cached_property
    def sealer(self) -> Sealer:
        """Seal what must not lie readable in the database: addresses, and secrets of second factors."""
        return Sealer(self.settings["ADDRESS_KEYS"])

    @property
    def slots(self) -> int:
        """How many threads may wait for other servers, of each kind."""
        threads: int = self.settings["THREADS"]
        return max(1, threads // 4)


class MailParts:
    """Mail: wording, outbox, transport."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @cached_property
    def renderer(self) -> Renderer:
        """Word mail."""
        return Renderer(site_url=self._core.settings["SITE_URL"], time_zone=self._core.settings["TIME_ZONE"])

    @cached_property
    def transport(self) -> Transport:
        """Where mail leaves the house; its `is_terminal` tells a page to say that the link is in the terminal."""
        return transport_for(self._core.settings["MAIL_URL"])

    @cached_property
    def sender(self) -> Mailbox:
        """From whom mail comes."""
        return Mailbox.parse(self._core.settings["MAIL_FROM"])

    @cached_property
    def mails(self) -> MailQueries:
        """Look up what became of mail."""
        return MailQueries(self._core.sql)

    @cached_property
    def outbox(self) -> Outbox:
        """Post mail, inside the transaction that gives cause for it."""
        return Outbox(renderer=self.renderer, clock=self._core.clock, sender=self.sender)
