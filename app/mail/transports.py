"""Ways for a mail to leave the site: the port, the terminal, a list for tests, and the choice by the setting ``YUSHU_MAIL_URL``."""

from __future__ import annotations

import sys
from typing import Protocol, TextIO

from app.mail.mail import Mail, MailError, TemporaryFailureError
from app.mail.smtp import SmtpTransport
from config.mail_url import read_mail_url


class Transport(Protocol):
    """Hands mails over, one at a time."""

    @property
    def is_terminal(self) -> bool:
        """Whether mails are shown in the terminal, so that a page should say so."""

    def send(self, mail: Mail) -> None:
        """Hand one mail over; when this returns, somebody else is responsible for it.

        :raises TemporaryFailureError: when it was not taken this time.
        :raises FinalFailureError: when it never will be.
        :raises BadMailError: when the mail cannot be written as a MIME message.
        """


_RULE = "─" * 72


class ConsoleTransport:
    """Writes each mail's text, readable and with its links whole, to a stream (standard output)."""

    is_terminal = True

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def send(self, mail: Mail) -> None:
        """Print the mail and flush, so that the link is there when the page says so."""
        message = mail.as_message()
        shown = "\n".join(
            (
                _RULE,
                f"To: {message['To']}",
                f"Subject: {mail.subject}",
                f"Message-ID: {message['Message-ID']}",
                "",
                mail.text.rstrip("\n"),
                _RULE,
                "",
            )
        )
        # Looked up at each mail: a test, or a daemon that reopens its output, may have replaced it.
        stream = self._stream or sys.stdout
        encoding = getattr(stream, "encoding", None) or "utf-8"
        try:
            stream.write(shown.encode(encoding, "backslashreplace").decode(encoding))
            stream.flush()
        except (OSError, ValueError) as error:
            raise TemporaryFailureError(f"the terminal cannot be written to: {error}") from error


class MemoryTransport:
    """Remembers what it was given. `fail_next` are errors to raise for the mails to come, in order."""

    is_terminal = False

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.fail_next: list[MailError] = []

    def send(self, mail: Mail) -> None:
        """Keep the mail, after writing it as MIME once, as a real transport would."""
        mail.as_message()
        if self.fail_next:
            raise self.fail_next.pop(0)
        self.sent.append(mail)

    def sent_to(self, address: str) -> list[Mail]:
        """List what was sent to this address, oldest first."""
        return [mail for mail in self.sent if mail.recipient.address == address]


def transport_for(url: str) -> Transport:
    """Return the transport that the URL names.

    :raises ValueError: for anything but the four forms that `read_mail_url` knows.
    """
    where = read_mail_url(url)
    if where.scheme == "console":
        return ConsoleTransport()
    if where.scheme == "memory":
        return MemoryTransport()
    return SmtpTransport(where)
