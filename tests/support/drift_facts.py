"""Drifts as the rules see them, without a database."""

from __future__ import annotations

from typing import Any

from app.domain.drift import DriftFacts, DriftState


def drift_facts(**values: Any) -> DriftFacts:
    """Return a request by post that waits: nothing has happened to it, except for the values."""
    waiting: dict[str, Any] = {
        "id": 1,
        "gift_id": 1,
        "state": DriftState.WAITING,
        "requester_id": 2,
        "giver_id": 1,
        "due_at": 0,
        "mailed_at": None,
        "opened_at": None,
        "claimed_at": None,
        "delays": 0,
        "tracked": False,
        "handover": False,
        "covered": False,
    }
    return DriftFacts(**waiting | values)
