"""Keep letters in a list, for tests."""

from __future__ import annotations

from app.mail.failures import MailError
from app.mail.letter import Letter


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
