"""A mail: who writes what to whom, how that becomes a MIME message, and why it may not be handed over."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr


class MailError(Exception):
    """Anything wrong with a mail or its delivery; the text is one line, fit for a log and for the member's own page."""


class BadMailError(MailError):
    """The mail itself is wrong, for instance a line break in a header: sending it again cannot help."""


class TemporaryFailureError(MailError):
    """The mail was not taken this time; it may be tried again."""


class FinalFailureError(MailError):
    """The mail server refused the mail for good (SMTP 5xx)."""


class NoLongerWantedError(MailError):
    """Nobody needs the mail any more, for instance a reset link of a deleted account: it is dropped."""


#: RFC 5321 4.5.3.1: longest path, less its two angle brackets.
MAX_ADDRESS_LENGTH = 254


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mail address and the name shown with it.

    :raises BadMailError: for an address without exactly a local part and a domain, and for control characters.
    """

    address: str
    name: str = ""

    def __post_init__(self) -> None:
        ensure_single_line(self.address, "address")
        ensure_single_line(self.name, "name")
        local, separator, domain = self.address.rpartition("@")
        if (
            not (separator and local and domain)
            or len(self.address) > MAX_ADDRESS_LENGTH
            or set(self.address) & set(' ,;<>()"')
        ):
            raise BadMailError("the mail address is not valid")

    @classmethod
    def parse(cls, text: str) -> Mailbox:
        """Read ``name <address>`` or a bare address."""
        ensure_single_line(text, "sender")
        name, address = parseaddr(text)
        return cls(address, name)

    def as_header(self) -> Address:
        """Return the mailbox as a header's part, its domain in ASCII (RFC 5890)."""
        local, _, domain = self.address.rpartition("@")
        try:
            return Address(display_name=self.name, username=local, domain=domain.encode("idna").decode("ascii"))
        except (UnicodeError, ValueError) as error:
            raise BadMailError("the mail address is not valid") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one person. `message_id` stays the same at each try (RFC 5322 3.6.4), without angle brackets.

    :raises BadMailError: for a line break or another control character where a header will hold it.
    """

    message_id: str
    sender: Mailbox
    recipient: Mailbox
    subject: str
    text: str
    html: str
    language: str
    written_at: datetime

    def __post_init__(self) -> None:
        for what in ("message_id", "subject", "language"):
            ensure_single_line(getattr(self, what), what)

    def as_message(self) -> EmailMessage:
        """Return the MIME message: text and HTML side by side, UTF-8, marked as written by a machine (RFC 3834)."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender.as_header()
        message["To"] = self.recipient.as_header()
        message["Subject"] = self.subject
        message["Date"] = format_datetime(self.written_at)
        message["Message-ID"] = f"<{self.message_id}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = self.language
        message.set_content(self.text, cte="base64")
        message.add_alternative(self.html, subtype="html", cte="base64")
        return message


def ensure_single_line(value: str, what: str) -> None:
    """Refuse characters that could end a header's line and begin another.

    :raises BadMailError: for any control, line or paragraph separator character.
    """
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp", "Cs"} for character in value):
        raise BadMailError(f"the {what} contains a line break or a control character")
