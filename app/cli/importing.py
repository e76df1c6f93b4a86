"""cli: what the person at the terminal sees of an import and of the building of the index."""

from __future__ import annotations

from collections.abc import Iterator

import click

from app.cli.progress import Bar
from app.services.catalogue.import_progress import FileReading, ImportState


class ShownImport:
    """A bar for the rows of the file; one for the index behind it, or now and then between the rows."""

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
