"""Meetings that were missed: who may say so when, and what two of them in a row stop."""

from __future__ import annotations

import pytest

from app.domain.drift import DriftState, Party, WrongState
from app.domain.errors import AlreadyDone
from app.domain.exchange_policy import DAY
from app.domain.meeting import (
    Meeting,
    MeetingsStopped,
    NotInPerson,
    TooEarlyToMiss,
    ensure_may_deny,
    ensure_may_meet,
    ensure_may_miss,
    other_side,
    stopped_until,
)
from tests.support.drift_facts import drift_facts

MET, MISSED = Meeting(90 * DAY, missed=False), Meeting(100 * DAY, missed=True)


def test_nobody_waited_in_vain_for_a_parcel_or_on_the_first_day() -> None:
    with pytest.raises(NotInPerson):
        ensure_may_miss(drift_facts(), asked_at=0, now=9 * DAY)
    meeting = drift_facts(handover=True)
    with pytest.raises(TooEarlyToMiss):
        ensure_may_miss(meeting, asked_at=DAY, now=2 * DAY - 1)
    ensure_may_miss(meeting, asked_at=DAY, now=2 * DAY)


def test_the_other_side_may_say_the_same_once_and_for_a_week() -> None:
    ensure_may_deny(missing=False, ended_at=0, now=7 * DAY - 1)
    with pytest.raises(WrongState) as refusal:
        ensure_may_deny(missing=False, ended_at=0, now=7 * DAY)
    assert DriftState.MISSED in refusal.value.message("en")
    with pytest.raises(AlreadyDone):
        ensure_may_deny(missing=True, ended_at=0, now=1)
    assert [other_side(party) for party in (Party.REQUESTER, Party.GIVER)] == [Party.GIVER, Party.REQUESTER]


@pytest.mark.parametrize(
    ("meetings", "until"),
    [
        ((), None),
        ((MISSED,), None),
        ((MISSED, MET), None),
        ((MET, MISSED), None),
        ((MISSED, MISSED), 130 * DAY),
        ((MISSED, MISSED, MET), 130 * DAY),
    ],
)
def test_two_missed_in_a_row_stop_meetings_for_thirty_days(meetings: tuple[Meeting, ...], until: int | None) -> None:
    assert stopped_until(meetings, 101 * DAY) == until
    assert stopped_until(meetings, 130 * DAY) is None


def test_who_is_stopped_is_told_until_when() -> None:
    ensure_may_meet((MISSED,), 101 * DAY)
    with pytest.raises(MeetingsStopped) as refusal:
        ensure_may_meet((MISSED, MISSED), 101 * DAY)
    assert "1970-05-11" in refusal.value.message("zh")
