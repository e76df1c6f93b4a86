"""cli: what the person at the terminal sees while the sources are asked about many books."""

from __future__ import annotations

from app.cli.progress import Bar
from app.services.catalogue.enriching import Enriched


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
