"""The container: mail on its way out."""

from __future__ import annotations

from functools import cached_property

from app.container.books import BookParts
from app.mail.letter import Mailbox
from app.mail.outbox import Outbox
from app.mail.rendering import Renderer
from app.mail.transports.choose import transport_for
from app.mail.transports.port import Transport
from app.queries.mail import Mails


class LetterParts(BookParts):
    """Mail: wording, outbox, transport."""

    @cached_property
    def letters(self) -> Renderer:
        """Word mail."""
        return Renderer(site_url=self.settings["SITE_URL"], time_zone=self.settings["TIME_ZONE"])

    @cached_property
    def mail_transport(self) -> Transport:
        """Where mail leaves the house; its `is_terminal` tells a page to say that the link is in the terminal."""
        return transport_for(self.settings["MAIL_URL"])

    @cached_property
    def mail_sender(self) -> Mailbox:
        """From whom mail comes."""
        return Mailbox.parse(self.settings["MAIL_FROM"])

    @cached_property
    def mails(self) -> Mails:
        """Look up what became of mail."""
        return Mails(self.sql)

    @cached_property
    def outbox(self) -> Outbox:
        """Post mail, inside the transaction that gives cause for it."""
        return Outbox(letters=self.letters, clock=self.clock, sender=self.mail_sender)
