"""What the refusals of the exchange tell: each number and name that their sentences hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from string import Formatter
from typing import Any

import pytest

from app.domain import beans, drift, drift_deadlines, drift_request, gift, holiday, moderation, wish
from app.domain.beans import NotEnoughBeans, RatioTooLow, ensure_enough, ensure_ratio
from app.domain.drift import Act, DriftState, Party, WrongState, find_transition
from app.domain.drift_deadlines import (
    TooManyOpened,
    WithdrawTooSoon,
    due_after_delay,
    ensure_may_open_address,
    ensure_may_take_back,
)
from app.domain.drift_request import DriftRequest, GiverAway, Requester, TooLate, TooManyOpenDrifts, ensure_may_request
from app.domain.errors import Refusal
from app.domain.exchange_policy import DAY, Policy
from app.domain.gift import GiftState
from app.domain.holiday import Days, HolidayTooLong, ensure_may_be_away
from app.domain.moderation import Suspended, ensure_not_suspended
from tests.support.drift_facts import drift_facts

WAITING = drift_facts()
TAKEN = DriftRequest(state=GiftState.RESERVED, giver_id=1, isbn13="9787536692930", work_id=7, held_by=3, others=4)
READER = Requester(
    id=2, confirmed=True, balance=10, received=0, sent=0, open_drifts=7, same_book=False, own=False, losses=0, parcels=0
)
#: In Shanghai the new year has begun eight hours ago.
NEW_YEAR = int(datetime(2025, 12, 31, 16, tzinfo=UTC).timestamp())
FACTS: list[tuple[type[Refusal], Callable[[], object], dict[str, Any]]] = [
    (
        NotEnoughBeans,
        lambda: ensure_enough(4, Policy(bonus=3)),
        {"short": "0.6", "balance": "0.4", "bonus": "0.3"},
    ),
    (RatioTooLow, lambda: ensure_ratio(received=5, sent=1), {"received": 5, "sent": 1}),
    (
        WrongState,
        lambda: find_transition(WAITING, Act.RECEIVE, Party.REQUESTER),
        {"state_zh": "等待回复", "state_en": "waiting for an answer"},
    ),
    (
        WrongState,
        lambda: due_after_delay(replace(WAITING, state=DriftState.LOST), Party.REQUESTER, seen=None),
        {"state_zh": "丢失", "state_en": "lost"},
    ),
    (WithdrawTooSoon, lambda: ensure_may_take_back(replace(WAITING, opened_at=DAY), 3 * DAY, away=False), {"days": 5}),
    (
        TooManyOpened,
        lambda: ensure_may_open_address(WAITING, Party.GIVER, opened_now=3, newcomer=True),
        {"limit": 3},
    ),
    (
        TooManyOpened,
        lambda: ensure_may_open_address(WAITING, Party.GIVER, opened_now=10, newcomer=False),
        {"limit": 10},
    ),
    (TooLate, lambda: ensure_may_request(TAKEN, READER, Policy()), {"others": 4, "isbn13": "9787536692930"}),
    (
        TooManyOpenDrifts,
        lambda: ensure_may_request(replace(TAKEN, state=GiftState.OPEN), READER, Policy(open_drifts=7)),
        {"limit": 7},
    ),
    (Suspended, lambda: ensure_not_suspended(3 * DAY + 1, DAY), {"days": 3}),
    (
        GiverAway,
        lambda: ensure_may_request(replace(TAKEN, state=GiftState.OPEN, away_until=NEW_YEAR), READER, Policy()),
        {"day": "12 月 31 日", "day_en": "31 December"},
    ),
    (
        HolidayTooLong,
        lambda: ensure_may_be_away(Days(date(2026, 1, 1), date(2026, 4, 1)), (), today=date(2026, 1, 1), begun=False),
        {"window": 180, "most": 90, "days": 91},
    ),
]


@pytest.mark.parametrize(("refusal", "act", "facts"), FACTS)
def test_a_refusal_tells_its_facts(refusal: type[Refusal], act: Callable[[], object], facts: dict[str, Any]) -> None:
    with pytest.raises(refusal) as refused:
        act()
    assert refused.value.values == facts
    for language, text in (("zh", refusal.zh), ("en", refusal.en)):
        told = refused.value.message(language)
        assert all(str(facts[name]) in told for name in names_in(text))


def test_every_refusal_that_tells_facts_is_asked_for_them() -> None:
    modules = {
        each.__name__ for each in (beans, drift, drift_deadlines, drift_request, gift, holiday, moderation, wish)
    }
    telling = {each for each in Refusal.__subclasses__() if each.__module__ in modules and names_in(each.zh + each.en)}
    assert telling == {refusal for refusal, *_ in FACTS}


def names_in(text: str) -> set[str]:
    return {name for _, name, *_ in Formatter().parse(text) if name}
