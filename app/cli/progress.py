"""Show on the terminal how long work goes on: a bar, or a line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import TextIO

import click

from app.services.catalogue.book_lookup import Enriched
from app.services.catalogue.import_progress import FileReading, ImportState

_WIDTH = 28
_ON_TERMINAL_SECONDS = 0.1
_IN_LOG_SECONDS = 10.0


class Bar:
    """One task's progress, written to standard error so that results can be piped."""

    def __init__(self, label: str, stream: TextIO | None = None) -> None:
        self._label = label
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._pause = _ON_TERMINAL_SECONDS if self._is_terminal else _IN_LOG_SECONDS
        self._next = 0.0 if self._is_terminal else time.monotonic() + self._pause
        self._length = 0

    def show(self, done: int, total: int, note: str = "") -> None:
        """Show `done` of `total` (0: unknown); most calls cost nothing, only some are written."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + self._pause
            self._write(done, total, note)

    def end(self, note: str) -> None:
        """Close the bar with its result."""
        self._put(f"{self._label}: {note}", last=True)

    def _write(self, done: int, total: int, note: str) -> None:
        share = min(1.0, done / total) if total else 0.0
        filled = round(share * _WIDTH)
        bar = f" {'█' * filled}{'░' * (_WIDTH - filled)}" if self._is_terminal and total else ""
        percent = f" {share:4.0%}" if total else ""
        self._put(f"{self._label}{bar}{percent}  {note}".rstrip(), last=not self._is_terminal)

    def _put(self, text: str, *, last: bool) -> None:
        if not self._is_terminal:
            text = text.encode(self._stream.encoding or "ascii", "replace").decode(self._stream.encoding or "ascii")
            self._stream.write(f"{text}\n")
        else:
            self._stream.write(f"\r{text.ljust(self._length)}" + ("\n" if last else ""))
            self._length = 0 if last else len(text)
        self._stream.flush()


class ShownImport:
    """A bar for the rows of the file; one for the index after it, or now and then between the rows."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._rows: Bar | None = None
        self._index = ShownIndex()
        self._state = ImportState()
        self._size = 0

    def begins(self, state: ImportState, size: int) -> None:
        """Remember how much there is; say where reading goes on if an earlier import was interrupted."""
        self._size, self._state = size, state
        if state.rows_read:
            Bar(self._label).end(f"going on after row {state.rows_read:,}, where an earlier import stopped")

    def reads(self, state: ImportState, position: int) -> None:
        """Move the bar of the rows."""
        self._state = state
        self._index.ends()
        self._rows = self._rows or Bar(self._label)
        self._rows.show(position, self._size, f"{state.rows_read:,} rows")

    def was_read(self, reading: FileReading) -> None:
        """Close the bar of the rows, and say how the file was read where that is not plain."""
        self._end_rows()
        for remark in _remarks(reading):
            click.echo(remark, err=True)

    def indexes(self, step: str, done: int, total: int) -> None:
        """Move the bar of the index."""
        self._end_rows()
        self._index.show(step, done, total)

    def ends(self) -> None:
        """Close what is open."""
        self._end_rows()
        self._index.ends()

    def _end_rows(self) -> None:
        if self._rows:
            self._rows.end(_outcome(self._state))
            self._rows = None


class ShownIndex:
    """The bar of the index; it appears when there is something to build."""

    def __init__(self) -> None:
        self._bar: Bar | None = None

    def show(self, step: str, done: int, total: int) -> None:
        """Move the bar; `step` is a short word."""
        self._bar = self._bar or Bar("building the index")
        self._bar.show(done, total, step)

    def ends(self) -> None:
        """Close the bar if it was shown."""
        if self._bar:
            self._bar.end("done")
            self._bar = None


def _remarks(reading: FileReading) -> Iterator[str]:
    yield f"read as {reading.encoding}"
    if (lines := reading.unreadable).count:
        numbers = ", ".join([*map(str, lines.first), *(["…"] if lines.count > len(lines.first) else [])])
        yield (
            f"{lines.count:,} lines have bytes that are no {reading.encoding} (lines {numbers}); \ufffd stands for them, "
            "and replaces nothing that is known"
        )
    if reading.unknown:
        yield f"columns not used: {', '.join(reading.unknown)}"
    if reading.shortened:
        yield (
            f"{reading.shortened:,} rows had another number that a spreadsheet has shortened (like 9.78754E+12); it was "
            "passed over. To export it whole, format the column as text."
        )


def _outcome(state: ImportState) -> str:
    """Return in one line what became of the rows."""
    parts = [f"{getattr(state, name):,} {name}" for name in ("new", "changed", "unchanged", "rejected")]
    parts += [f"{state.skipped:,} of other kinds"] if state.skipped else []
    return f"{state.rows_read:,} rows: " + ", ".join(parts)


class ShownEnriching:
    """A bar that moves with each batch, and names the source of each question on the way."""

    def __init__(self) -> None:
        self._bar = Bar("asking the sources")
        self._done = Enriched()
        self._total = 0

    def show(self, done: Enriched, total: int) -> None:
        """Move the bar."""
        self._done, self._total = done, total
        self._bar.show(done.asked, total, self._said)

    def asking(self, source: str) -> None:
        """Name the source that is being asked."""
        self._bar.show(self._done.asked, self._total, f"{self._said}, asking {source}")

    def ends(self) -> None:
        """Close the bar."""
        self._bar.end("done")

    @property
    def _said(self) -> str:
        return f"{self._done.asked:,} of {self._total:,} books, {self._done.filled:,} filled"
