"""services: the file of refused rows, with the reason of each, that can be corrected and imported again."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from app.domain.cells import disarmed
from app.services.catalogue.bookfiles.columns import REJECTS_COLUMNS
from app.services.catalogue.bookfiles.rows import Rejected


class RejectsFile:
    """Refused rows as CSV: `row, reason`, then the refused file's own columns. The readers read it as that file.

    It is opened at a known size: what an interrupted import wrote after its last checkpoint is cut off, so that a
    row is never listed twice.
    """

    def __init__(self, path: Path, header: Sequence[str], *, size: int = 0) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("r+b" if path.exists() else "w+b")
        self._file.truncate(min(size, os.fstat(self._file.fileno()).st_size))
        self._file.seek(0, os.SEEK_END)
        if not self._file.tell():
            self._write([(*REJECTS_COLUMNS, *header)])

    def add(self, rejected: Iterable[Rejected]) -> None:
        """Append the refused rows."""
        self._write([(str(row.number), row.reason.message("en"), *row.cells) for row in rejected])

    def rewind(self, size: int) -> None:
        """Drop what was written after this size, for what it told of was taken back."""
        if self.size() != size:
            self._file.truncate(size)
            self._file.seek(0, os.SEEK_END)

    def size(self) -> int:
        """Return the bytes written so far, all of them handed to the operating system."""
        self._file.flush()
        return self._file.tell()

    def _write(self, rows: Iterable[Sequence[str]]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(map(disarmed, row) for row in rows)
        self._file.write(text.getvalue().encode("utf-8", "replace"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
