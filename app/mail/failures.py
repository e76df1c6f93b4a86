"""Why a letter was not handed over."""

from __future__ import annotations


class MailError(Exception):
    """Anything wrong with a letter or its delivery; the text is one line, fit for a log and for the member's own page."""


class BadLetterError(MailError):
    """The letter itself is wrong, for instance a line break in a header: sending it again cannot help."""


class TemporaryFailureError(MailError):
    """The letter was not taken this time; it may be tried again."""


class FinalFailureError(MailError):
    """The mail server refused the letter for good (SMTP 5xx)."""


class NoLongerWantedError(MailError):
    """Nobody needs the letter any more, for instance a reset link of a deleted account: it is dropped."""
