"""cli: what the person at the terminal sees of an import and of the building of the index."""

from __future__ import annotations

from app.cli.progress import Bar
from app.services.catalogue_import import ImportState


class ShownImport:
    """Two bars in turn: the rows of the file, then the index."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._rows: Bar | None = None
        self._size = 0
        self._first_row = 0
        self.index = ShownIndex()

    def begins(self, state: ImportState, size: int) -> None:
        """Show the empty bar, and where it goes on if an earlier import was interrupted."""
        self._size = size
        self._rows = Bar(self._label)
        if state.rows_read:
            self._rows.end(f"going on after row {state.rows_read:,}, where an earlier import stopped")
        self._rows.show(0, size)

    def reads(self, state: ImportState, position: int) -> None:
        """Move the bar of the rows."""
        if self._rows:
            self._rows.show(position, self._size, f"{state.rows_read:,} rows")

    def indexes(self, step: str, done: int, total: int) -> None:
        """Move the bar of the index."""
        self.index.show(step, done, total)

    def ends(self, state: ImportState) -> None:
        """Write the result."""
        self.index.ends()
        if self._rows:
            self._rows.end(outcome(state))


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


def outcome(state: ImportState) -> str:
    """Say in one line what became of the rows."""
    parts = [f"{getattr(state, name):,} {name}" for name in ("new", "changed", "unchanged", "rejected")]
    parts += [f"{state.skipped:,} of other kinds"] if state.skipped else []
    return f"{state.rows_read:,} rows: " + ", ".join(parts)
