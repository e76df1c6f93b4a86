"""What a giver and a wisher may do."""

from dataclasses import replace

import pytest

from app.domain import gift, wish
from app.domain.errors import Refusal
from app.domain.gift import GiftState, ListingMember

#: Every other refusal is a conflict.
STATUSES: dict[type[Refusal], int] = {gift.NotConfirmed: 403, gift.GivingStopped: 403, gift.GiftNotFound: 404}
MEMBER = ListingMember(confirmed=True, losses=0, parcels=0)


@pytest.mark.parametrize(
    ("member", "offered", "wished", "refusal"),
    [
        (replace(MEMBER, confirmed=False), False, False, gift.NotConfirmed),
        (replace(MEMBER, losses=2, parcels=2), False, False, gift.GivingStopped),
        (MEMBER, True, False, gift.AlreadyOffered),
        (MEMBER, False, True, gift.WishedByYourself),
    ],
)
def test_each_reason_not_to_list_has_its_refusal(
    member: ListingMember, refusal: type[Refusal], *, offered: bool, wished: bool
) -> None:
    with pytest.raises(refusal) as refused:
        gift.ensure_may_list(member, offered=offered, wished=wished)
    assert refused.value.status == STATUSES.get(refusal, 409)


def test_a_confirmed_member_may_list_and_wish() -> None:
    gift.ensure_may_list(MEMBER, offered=False, wished=False)
    wish.ensure_may_wish(confirmed=True, wished=False, offered=False)


@pytest.mark.parametrize(
    ("confirmed", "wished", "offered", "refusal"),
    [
        (False, True, True, gift.NotConfirmed),
        (True, True, False, wish.AlreadyWished),
        (True, False, True, wish.OfferedByYourself),
    ],
)
def test_each_reason_not_to_wish_has_its_refusal(
    refusal: type[Refusal], *, confirmed: bool, wished: bool, offered: bool
) -> None:
    with pytest.raises(refusal) as refused:
        wish.ensure_may_wish(confirmed=confirmed, wished=wished, offered=offered)
    assert refused.value.status == STATUSES.get(refusal, 409)


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (GiftState.OPEN, None),
        (GiftState.PAUSED, None),
        (GiftState.RESERVED, gift.GiftInDrift),
        (GiftState.LAUNCHED, gift.GiftLaunched),
        (GiftState.WITHDRAWN, gift.GiftAlreadyWithdrawn),
        (GiftState.HIDDEN, gift.GiftNotFound),
    ],
)
def test_withdrawing_is_refused_only_while_a_drift_is_open_or_there_is_nothing_left(
    state: GiftState, refusal: type[Refusal] | None
) -> None:
    if refusal is None:
        gift.ensure_may_withdraw(state)
    else:
        with pytest.raises(refusal) as refused:
            gift.ensure_may_withdraw(state)
        assert refused.value.status == STATUSES.get(refusal, 409)


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (GiftState.OPEN, gift.GiftIsOpen),
        (GiftState.PAUSED, None),
        (GiftState.RESERVED, gift.GiftInDrift),
        (GiftState.LAUNCHED, gift.GiftLaunched),
        (GiftState.WITHDRAWN, None),
        (GiftState.HIDDEN, gift.GiftNotFound),
    ],
)
def test_a_paused_or_withdrawn_gift_may_be_put_back(state: GiftState, refusal: type[Refusal] | None) -> None:
    if refusal is None:
        gift.ensure_may_resume(state, stopped=False)
    else:
        with pytest.raises(refusal) as refused:
            gift.ensure_may_resume(state, stopped=False)
        assert refused.value.status == STATUSES.get(refusal, 409)


def test_a_gift_that_losses_stopped_stays_off_the_shelf() -> None:
    with pytest.raises(gift.GivingStopped):
        gift.ensure_may_resume(GiftState.PAUSED, stopped=True)


def test_the_course_s_sentence_stands_where_a_gift_is_in_a_drift() -> None:
    assert gift.GiftInDrift().message("zh") == "这个礼物正处于交易状态，请先前往鱼漂完成该交易。"
