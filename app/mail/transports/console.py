"""Show letters in the terminal: the default, for a site without a mail server."""

from __future__ import annotations

import sys
from typing import TextIO

from app.mail.failures import TemporaryFailureError
from app.mail.letter import Letter

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
