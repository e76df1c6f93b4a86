"""How far a bulk import is, and how its file was read: what is stored of it, and shown to those who wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from app.services.catalogue.bookfiles.streams import UnreadableLines


@dataclass(frozen=True, slots=True)
class ImportState:
    """How far an import is: `rows_read` is the sum of the five counts after it."""

    rows_read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    skipped: int = 0
    rejects_size: int = 0
    unindexed: int = 0


@dataclass(frozen=True, slots=True)
class FileReading:
    """How a file was read: its encoding, the columns that are not used, and what was passed over.

    `shortened` counts the rows in which a number in exponent form was passed over for a whole one; `unreadable` are the
    lines with bytes that mean nothing in the encoding.
    """

    encoding: str
    unknown: tuple[str, ...] = ()
    shortened: int = 0
    unreadable: UnreadableLines = field(default_factory=UnreadableLines)


class ImportProgress(Protocol):
    """Who shows how an import goes on."""

    def begins(self, state: ImportState, size: int) -> None:
        """Hear that reading begins after the rows of `state`; the file has `size` bytes as stored."""

    def reads(self, state: ImportState, position: int) -> None:
        """Hear that a batch was committed; `position` stored bytes were read."""

    def was_read(self, reading: FileReading) -> None:
        """Hear how the file was read, when its last row is dealt with."""

    def indexes(self, step: str, done: int, total: int) -> None:
        """Hear how far the building of the index is; `total` is 0 where it is unknown."""
