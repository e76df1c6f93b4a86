"""Urgency is reason and age, numbers change nothing; each kind has its reasons and decisions."""

from __future__ import annotations

import pytest

from app.domain.moderation import Sanction
from app.domain.report import (
    APPEAL_SECONDS,
    APPEALABLE,
    DECISIONS,
    HOURS,
    REASONS,
    WORDS_KEPT_SECONDS,
    CaseKind,
    Decision,
    Reason,
    count_voices,
    due_of,
    is_urgent,
)


def test_every_kind_says_what_may_be_decided_and_every_reason_by_when() -> None:
    assert DECISIONS.keys() == set(CaseKind)
    assert HOURS.keys() == set(Reason)
    assert all(Decision.DISMISS in allowed for kind, allowed in DECISIONS.items() if kind is not CaseKind.DISPUTE)
    assert all(reasons[-1] is Reason.OTHER for reasons in REASONS.values())
    assert all(len(decision) <= 10 for decision in Decision), "the column holds ten characters"
    assert all(len(name) <= 20 for name in (*Reason, *Sanction))


@pytest.mark.parametrize(
    ("reason", "hours", "urgent"),
    [
        (Reason.THREAT, 4, True),
        (Reason.RUDE, 24, True),
        (Reason.SELLING, 72, False),
        (Reason.WRONG, 336, False),
    ],
)
def test_a_threat_comes_before_a_wrong_year_and_either_moves_up_with_age(
    reason: Reason, hours: int, urgent: bool
) -> None:
    assert due_of(reason, 1_000) == 1_000 + hours * 3_600
    assert is_urgent(reason) is urgent


@pytest.mark.parametrize(("proven", "others", "voices"), [(0, 0, 0), (0, 1, 1), (0, 50, 1), (2, 0, 2), (2, 9, 3)])
def test_accounts_that_never_finished_a_drift_are_one_voice(proven: int, others: int, voices: int) -> None:
    assert count_voices(proven, others) == voices


def test_words_are_kept_for_longer_than_an_appeal_takes() -> None:
    assert WORDS_KEPT_SECONDS > 2 * APPEAL_SECONDS
    assert {Sanction.UPHOLD, Sanction.REVERSE, Sanction.END_SUSPENSION}.isdisjoint(APPEALABLE)
