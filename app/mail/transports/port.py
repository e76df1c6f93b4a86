"""The port that every transport stands behind."""

from __future__ import annotations

from typing import Protocol

from app.mail.letter import Letter


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
