"""Count the site now and then, so that no page has to."""

from __future__ import annotations

from dataclasses import asdict

from app.libs.clock import Clock, epoch
from app.queries.operation import SiteCountQueries
from app.services.site_numbers import keep_numbers
from app.services.unit_of_work import use_case


class SiteCounting:
    """Counts from the rows themselves each time: even if a run was killed in between, the next run is right."""

    def __init__(self, *, clock: Clock, counts: SiteCountQueries) -> None:
        self._clock = clock
        self._counts = counts

    def run(self) -> None:
        """Count everything, and keep the numbers."""
        self._keep(asdict(self._counts.count()))

    @use_case
    def _keep(self, numbers: dict[str, int]) -> None:
        keep_numbers(numbers, now=epoch(self._clock.now()))
