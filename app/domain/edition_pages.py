"""Which editions may be one volume of what the others of their work hold whole, by their pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import median
from typing import Final

#: So many editions have to tell their pages before one of them is compared with the others.
_FEWEST_TOLD: Final = 3


def median_of(of_editions: Iterable[str]) -> float | None:
    """Return the pages of the median edition of a work, or None where fewer than three tell theirs.

    :param of_editions: the pages of all, as the catalogue has them: "" and "三百页" tell nothing.
    """
    told = [int(each) for each in of_editions if each.isdecimal()]
    return median(told) if len(told) >= _FEWEST_TOLD else None


def may_be_one_volume(pages: str, of_editions: Iterable[str]) -> bool:
    """Return whether an unmarked edition has less than half the pages of the median edition of its work, itself among them.

    :param pages: of the edition; :param of_editions: as `median_of`.
    """
    return _is_short(pages, median_of(of_editions))


def partial_editions(pages: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ISBNs of those editions of one work that may be one volume, by the pages of each."""
    middle = median_of(pages.values())
    return tuple(isbn for isbn, told in pages.items() if _is_short(told, middle))


def _is_short(pages: str, middle: float | None) -> bool:
    return middle is not None and pages.isdecimal() and int(pages) * 2 < middle
