"""What a giver and a wisher may do."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain import gift, wish
from app.domain.book import BookFacts
from app.domain.errors import Refusal
from app.domain.gift import GiftState, ListingMember
from app.domain.wish import WishingMember, WishScope

#: Every other refusal is a conflict.
STATUSES: dict[type[Refusal], int] = {gift.NotConfirmed: 403, gift.GivingStopped: 403, gift.GiftNotFound: 404}
MEMBER = ListingMember(confirmed=True, losses=0, parcels=0)
WISHING = WishingMember(confirmed=True, wished=False, offered=False, wished_another=False, offered_another=False)


@pytest.mark.parametrize(
    ("member", "listed", "refusal"),
    [
        (replace(MEMBER, confirmed=False), {}, gift.NotConfirmed),
        (replace(MEMBER, losses=2, parcels=2), {}, gift.GivingStopped),
        (MEMBER, {"offered": True}, gift.AlreadyOffered),
        (MEMBER, {"wished": True}, gift.WishedByYourself),
        (MEMBER, {"any_wished": True}, gift.AnyEditionWished),
    ],
)
def test_each_reason_not_to_list_has_its_refusal(
    member: ListingMember, listed: dict[str, bool], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as refused:
        gift.ensure_may_list(member, **{"offered": False, "wished": False, "any_wished": False} | listed)
    assert refused.value.status == STATUSES.get(refusal, 409)


def test_a_confirmed_member_may_list_and_wish() -> None:
    gift.ensure_may_list(MEMBER, offered=False, wished=False, any_wished=False)
    for scope in WishScope:
        wish.ensure_may_wish(scope, WISHING)


@pytest.mark.parametrize(
    ("scope", "member", "refusal"),
    [
        (WishScope.EDITION, WISHING._replace(confirmed=False, wished=True), gift.NotConfirmed),
        (WishScope.EDITION, WISHING._replace(wished=True), wish.AlreadyWished),
        (WishScope.LANGUAGE, WISHING._replace(wished=True, wished_another=True), wish.AlreadyWished),
        (WishScope.EDITION, WISHING._replace(offered=True), wish.OfferedByYourself),
        (WishScope.LANGUAGE, WISHING._replace(offered=True, offered_another=True), wish.OfferedByYourself),
        (WishScope.LANGUAGE, WISHING._replace(wished_another=True), wish.AnotherEditionWished),
        (WishScope.LANGUAGE, WISHING._replace(offered_another=True), wish.AnotherEditionOffered),
    ],
)
def test_each_reason_not_to_wish_has_its_refusal(
    scope: WishScope, member: WishingMember, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as refused:
        wish.ensure_may_wish(scope, member)
    assert refused.value.status == STATUSES.get(refusal, 409)


def test_who_wishes_one_edition_may_wish_and_give_another() -> None:
    wish.ensure_may_wish(WishScope.EDITION, WISHING._replace(wished_another=True, offered_another=True))


@pytest.mark.parametrize(
    ("facts", "scope"),
    [
        ({"title": "百年孤独", "subjects": ("外国文学",)}, WishScope.LANGUAGE),
        ({"title": "1984", "subjects": ("Fiction",)}, WishScope.LANGUAGE),
        ({"title": "银河系搭车客指南", "subjects": ("外国文学", "小说")}, WishScope.LANGUAGE),
        ({"title": "万历十五年", "subjects": ("历史",)}, WishScope.LANGUAGE),
        ({"title": "高等数学", "subjects": ("教材",)}, WishScope.EDITION),
        ({"title": "中国统计年鉴", "subjects": ()}, WishScope.EDITION),
        ({"title": "现代汉语词典", "subtitle": "第7版"}, WishScope.EDITION),
        ({"title": "Best Essays 2003"}, WishScope.EDITION),
        ({"title": "Wine", "subtitle": "2nd Edition"}, WishScope.EDITION),
        ({"title": "Scotland", "series": "Lonely Planet"}, WishScope.EDITION),
        ({"title": "Rome", "subjects": ("Travel",)}, WishScope.EDITION),
    ],
)
def test_readers_of_such_a_book_are_offered_the_scope_they_will_want(facts: dict[str, Any], scope: WishScope) -> None:
    assert wish.scope_suggested(BookFacts(isbn13="9787020002207", **facts)) is scope


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
        gift.ensure_may_resume(state, stopped=False, away=False)
    else:
        with pytest.raises(refusal) as refused:
            gift.ensure_may_resume(state, stopped=False, away=False)
        assert refused.value.status == STATUSES.get(refusal, 409)


def test_a_gift_that_losses_stopped_stays_off_the_shelf() -> None:
    with pytest.raises(gift.GivingStopped):
        gift.ensure_may_resume(GiftState.PAUSED, stopped=True, away=True)


def test_who_is_on_holiday_puts_nothing_back_before_it_is_over() -> None:
    for state in (GiftState.PAUSED, GiftState.WITHDRAWN):
        with pytest.raises(gift.OnHoliday):
            gift.ensure_may_resume(state, stopped=False, away=True)


def test_the_course_s_sentence_stands_where_a_gift_is_in_a_drift() -> None:
    assert gift.GiftInDrift().message("zh") == "这个礼物正处于交易状态，请先前往鱼漂完成该交易。"
