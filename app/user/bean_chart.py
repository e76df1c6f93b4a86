"""A small chart of a balance over time, as the numbers of an SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.beans import BEAN, shown
from app.libs.clock import from_epoch
from app.queries.ledger import Entry

WIDTH = 600
HEIGHT = 160
_EDGE = 8


@dataclass(frozen=True, slots=True)
class Chart:
    """A line of steps in a box of `WIDTH` × `HEIGHT`: its points, the ground's height, the highest balance in beans, since when."""

    points: str
    ground: float
    highest: str
    changes: int
    since: datetime


def chart_of(entries: Sequence[Entry], *, now: int) -> Chart | None:
    """Draw a balance from the first of these entries until now; None without entries.

    :param now: epoch seconds.
    """
    if not entries:
        return None
    begin = entries[0].time
    span = max(1, now - begin)
    top = max(BEAN, *(entry.balance for entry in entries))
    wide, high = WIDTH - 2 * _EDGE, HEIGHT - 2 * _EDGE

    def x(time: int) -> float:
        return round(_EDGE + wide * (time - begin) / span, 1)

    def y(balance: int) -> float:
        return round(_EDGE + high * (1 - balance / top), 1)

    before = entries[0].balance - entries[0].amount
    points = [(x(begin), y(before))]
    for entry in entries:
        points += [(x(entry.time), y(before)), (x(entry.time), y(entry.balance))]
        before = entry.balance
    points.append((x(max(now, entries[-1].time)), y(before)))
    highest = shown(max(entry.balance for entry in entries))
    return Chart(
        " ".join(f"{left},{height}" for left, height in points), y(0), highest, len(entries), from_epoch(begin)
    )
