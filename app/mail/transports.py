"""Ways for a letter to leave the site: the port, the terminal, a list for tests, and the choice by the setting ``YUSHU_MAIL_URL``."""

from __future__ import annotations

import sys
from typing import Protocol, TextIO

from app.mail.letter import Letter, MailError, TemporaryFailureError
from app.mail.smtp import SmtpTransport
from config.mail_url import read_mail_url


class Transport(Protocol):
    """Hands letters over, one at a time."""

    @property
    def is_terminal(self) -> bool:
        """Whether letters are shown in the terminal, so that a page should say so."""

    def send(self, letter: Letter) -> None:
        """Hand one letter over; when this returns, somebody else is responsible for it.

        :raises TemporaryFailureError: when it was not taken this time.
        :raises FinalFailureError: when it never will be.
        :raises BadLetterError: when the letter cannot be written as a MIME message.
        """


_RULE = "─" * 72


class ConsoleTransport:
    """Writes each letter's text, readable and with its links whole, to a stream (standard output)."""

    is_terminal = True

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def send(self, letter: Letter) -> None:
        """Print the letter and flush, so that the link is there when the page says so."""
        message = letter.as_message()
        shown = "\n".join(
            (
                _RULE,
                f"To: {message['To']}",
                f"Subject: {letter.subject}",
                f"Message-ID: {message['Message-ID']}",
                "",
                letter.text.rstrip("\n"),
                _RULE,
                "",
            )
        )
        # Looked up at each letter: a test, or a daemon that reopens its output, may have replaced it.
        stream = self._stream or sys.stdout
        encoding = getattr(stream, "encoding", None) or "utf-8"
        try:
            stream.write(shown.encode(encoding, "backslashreplace").decode(encoding))
            stream.flush()
        except (OSError, ValueError) as error:
            raise TemporaryFailureError(f"the terminal cannot be written to: {error}") from error


class MemoryTransport:
    """Remembers what it was given. `fail_next` are errors to raise for the letters to come, in order."""

    is_terminal = False

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.fail_next: list[MailError] = []

    def send(self, letter: Letter) -> None:
        """Keep the letter, after writing it as MIME once, as a real transport would."""
        letter.as_message()
        if self.fail_next:
            raise self.fail_next.pop(0)
        self.sent.append(letter)

    def sent_to(self, address: str) -> list[Letter]:
        """List what was sent to this address, oldest first."""
        return [letter for letter in self.sent if letter.recipient.address == address]


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
