"""What is checked before a drift begins, and in which order."""

from dataclasses import replace

import pytest

from app.domain import gift
from app.domain.beans import NotEnoughBeans, RatioTooLow
from app.domain.drift_request import (
    AlreadyAsked,
    DriftRequest,
    OwnGift,
    Requester,
    RequestsStopped,
    SameBookAsked,
    TooLate,
    TooManyOpenDrifts,
    ensure_may_request,
    is_mobile,
)
from app.domain.errors import Refusal
from app.domain.exchange_policy import Policy
from app.domain.gift import GiftNotFound, NotConfirmed

GIFT = DriftRequest(state=gift.GiftState.OPEN, giver_id=1, isbn13="9787536692930", work_id=7, held_by=None, others=2)
READER = Requester(
    id=2,
    confirmed=True,
    balance=10,
    received=0,
    sent=0,
    open_drifts=0,
    same_book=False,
    own=False,
    losses=0,
    parcels=0,
)

#: Each is wrong in one way; the earlier in the list, the earlier it is told.
WRONGS: list[tuple[str, dict[str, object], dict[str, object], type[Refusal]]] = [
    ("withdrawn gift", {"state": gift.GiftState.WITHDRAWN}, {}, GiftNotFound),
    ("own gift", {"giver_id": 2}, {}, OwnGift),
    ("gift of another account of theirs", {}, {"own": True}, OwnGift),
    ("reserved", {"state": gift.GiftState.RESERVED, "held_by": 3}, {}, TooLate),
    ("not confirmed", {}, {"confirmed": False}, NotConfirmed),
    ("losses", {}, {"losses": 2, "parcels": 3}, RequestsStopped),
    ("five open", {}, {"open_drifts": 5}, TooManyOpenDrifts),
    ("same book", {}, {"same_book": True}, SameBookAsked),
    ("poor", {}, {"balance": 9}, NotEnoughBeans),
    ("ratio", {}, {"received": 2, "sent": 0}, RatioTooLow),
]


def test_a_newcomer_with_one_bean_may_ask() -> None:
    ensure_may_request(GIFT, READER, Policy())


@pytest.mark.parametrize(
    ("gift_is", "reader_is", "refusal"), [one[1:] for one in WRONGS], ids=[one[0] for one in WRONGS]
)
def test_each_wrong_has_its_own_refusal(gift_is: dict, reader_is: dict, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as raised:
        ensure_may_request(replace(GIFT, **gift_is), replace(READER, **reader_is), Policy())
    assert type(raised.value) is refusal
    assert raised.value.status == {GiftNotFound: 404, NotConfirmed: 403, RequestsStopped: 403}.get(refusal, 409)
    assert raised.value.message("zh") != raised.value.message("en")


def test_the_reasons_are_told_in_the_order_of_the_rule_book() -> None:
    gift_is: dict[str, object] = {}
    reader_is: dict[str, object] = {}
    for _, gift_wrong, reader_wrong, refusal in reversed(WRONGS):
        gift_is |= gift_wrong
        reader_is |= reader_wrong
        with pytest.raises(refusal):
            ensure_may_request(replace(GIFT, **gift_is), replace(READER, **reader_is), Policy())


@pytest.mark.parametrize(
    "state", [gift.GiftState.PAUSED, gift.GiftState.HIDDEN, gift.GiftState.LAUNCHED, gift.GiftState.WITHDRAWN]
)
def test_a_gift_that_is_not_on_the_shelf_is_not_found(state: gift.GiftState) -> None:
    with pytest.raises(GiftNotFound) as raised:
        ensure_may_request(replace(GIFT, state=state), READER, Policy())
    assert raised.value.status == 404


def test_a_double_tap_is_not_told_that_somebody_was_faster() -> None:
    with pytest.raises(AlreadyAsked):
        ensure_may_request(replace(GIFT, state=gift.GiftState.RESERVED, held_by=READER.id), READER, Policy())


def test_the_loser_learns_how_many_others_offer_the_book() -> None:
    with pytest.raises(TooLate) as raised:
        ensure_may_request(replace(GIFT, state=gift.GiftState.RESERVED, held_by=9), READER, Policy())
    assert "还有 2 位书友" in raised.value.message("zh")


@pytest.mark.parametrize(
    ("received", "sent", "allowed"),
    [
        (0, 0, True),
        (1, 0, True),
        (2, 0, False),
        (3, 1, True),
        (4, 1, False),
        (4, 2, True),
        (99, 49, True),
        (100, 49, False),
    ],
)
def test_two_books_are_received_for_each_one_sent(received: int, sent: int, *, allowed: bool) -> None:
    reader = replace(READER, received=received, sent=sent)
    if allowed:
        ensure_may_request(GIFT, reader, Policy())
    else:
        with pytest.raises(RatioTooLow):
            ensure_may_request(GIFT, reader, Policy())


def test_the_number_of_open_requests_is_a_setting() -> None:
    for most in (5, 6):
        policy = Policy(open_drifts=most)
        ensure_may_request(GIFT, replace(READER, open_drifts=most - 1), policy)
        with pytest.raises(TooManyOpenDrifts):
            ensure_may_request(GIFT, replace(READER, open_drifts=most), policy)


def test_what_is_missing_is_told_in_beans() -> None:
    with pytest.raises(NotEnoughBeans) as raised:
        ensure_may_request(GIFT, replace(READER, balance=5), Policy())
    assert raised.value.message("zh").startswith(
        "还差 0.5 个鱼豆。请求一本书要用 1 个，你现在有 0.5 个。放上一本愿意送的书，能得 0.5 个"
    )
    assert raised.value.message("en").startswith(
        "You are 0.5 short of the bean that asking for a book takes; you have 0.5."
    )


@pytest.mark.parametrize("number", ["13800138000", "+4915112345678", "+85291234567"])
def test_mobile_numbers_of_here_and_elsewhere(number: str) -> None:
    assert is_mobile(number)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "1380013800",
        "138001380001",
        "23800138000",
        "+0123456789",
        "+1234",
        "１３８００１３８０００",
        "13800138000\n",
    ],
)
def test_what_is_not_a_mobile_number(number: str) -> None:
    assert not is_mobile(number)
