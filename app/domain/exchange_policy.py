"""The exchange's numbers that an operator may set, and those that the rules fix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DAY = 86_400  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the rules count with: beans in tenths, spans in days; `time_zone` says where a day begins."""

    open_drifts: int = 5
    answer_days: int = 14
    receipt_days: int = 30
    erase_days: int = 30
    bonus: int = 5
    bonus_books: int = 10
    time_zone: str = "Asia/Shanghai"

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Policy:
        """Take the numbers from the settings; `BEANS_UPLOAD_ONE_BOOK` is given in beans."""
        return cls(
            open_drifts=settings["OPEN_DRIFTS"],
            answer_days=settings["DRIFT_ANSWER_DAYS"],
            receipt_days=settings["DRIFT_RECEIPT_DAYS"],
            erase_days=settings["DRIFT_ERASE_DAYS"],
            bonus=round(settings["BEANS_UPLOAD_ONE_BOOK"] * 10),
            bonus_books=settings["BONUS_BOOKS"],
            time_zone=settings["TIME_ZONE"],
        )
