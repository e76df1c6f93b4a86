"""Files of books to import, and one who watches how that goes."""

from __future__ import annotations

import csv
from pathlib import Path

from app.domain.isbn import to_isbn13
from app.services.catalogue.import_progress import FileReading, ImportState

GOOD, BAD = 250, 10


class KilledError(BaseException):
    """The process is killed here."""


class Watcher:
    """Remembers what it was shown, and may be told to kill the import after some batches."""

    def __init__(self, *, kill_after: int = 10**9) -> None:
        self.begun: list[ImportState] = []
        self.states: list[ImportState] = []
        self.positions: list[int] = []
        self.steps: list[str] = []
        self.readings: list[FileReading] = []
        self._kill_after = kill_after

    def begins(self, state: ImportState, size: int) -> None:
        self.begun.append(state)
        self.positions.append(size)

    def reads(self, state: ImportState, position: int) -> None:
        self.states.append(state)
        if len(self.states) >= self._kill_after:
            raise KilledError

    def was_read(self, reading: FileReading) -> None:
        self.readings.append(reading)

    def indexes(self, step: str, done: int, total: int) -> None:
        self.steps.append(step)


def isbn(number: int) -> str:
    """Make the number-th valid ISBN."""
    body = f"7{number:08}"
    check = sum(int(digit) * weight for digit, weight in zip(body, range(10, 1, -1), strict=True)) % 11
    return to_isbn13(body + "0X987654321"[check])


def write_books(path: Path, *, good: int = GOOD, bad: int = BAD, title: str = "Title") -> Path:
    """Write a CSV of `good` books with `bad` rows among them."""
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["isbn13", "title"])
        for number in range(good):
            rows.writerow([isbn(number), f"{title} {number}"])
            if number < bad:
                rows.writerow([f"bad {number}", "Title"])
    return path
