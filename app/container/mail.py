"""The container: mail on its way out."""

from __future__ import annotations

from functools import cached_property

from app.container.core import Core
from app.mail.letter import Mailbox
from app.mail.outbox import Outbox
from app.mail.rendering import Renderer
from app.mail.transports.choose import transport_for
from app.mail.transports.port import Transport
from app.queries.mail import MailQueries


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
        return Outbox(letters=self.renderer, clock=self._core.clock, sender=self.sender)
