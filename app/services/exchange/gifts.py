"""Gifts: put a copy on the shelf, take it off, put it back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from app import events
from app.domain.beans import (
    MINT,
    WELCOME,
    EntryKind,
    Listings,
    NotEnoughBeans,
    Transfer,
    account_of,
    bonus_of,
    welcome_of,
)
from app.domain.book import language_alone
from app.domain.gift import (
    Condition,
    GiftNotFound,
    GiftState,
    ListingMember,
    Pause,
    Postage,
    ensure_may_list,
    ensure_may_resume,
    ensure_may_withdraw,
)
from app.domain.moderation import ensure_not_suspended
from app.domain.wish import Place
from app.extensions import db
from app.libs.clock import epoch
from app.models.gift import Gift, GiftAnnouncement
from app.queries.holiday import HolidayQueries
from app.services.catalogue.works import Works
from app.services.exchange.gift_places import copy_city
from app.services.exchange.gift_states import GiftStates
from app.services.exchange.listing_places import find_fulfilled, free_places, take_places
from app.services.exchange.tools import ExchangeTools
from app.services.unit_of_work import RaceLostError, use_case


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a giver says of a copy."""

    condition: Condition = Condition.GOOD
    postage: Postage = Postage.GIVER
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A copy that was put on the shelf, or waits for the end of its giver's holiday; and what its listing earned, in beans' tenths."""

    gift_id: int
    earned: int
    waits: bool


class Gifts:
    """The use cases of a giver's list."""

    def __init__(self, tools: ExchangeTools, *, states: GiftStates, works: Works, holidays: HolidayQueries) -> None:
        self._tools = tools
        self._holidays = holidays
        self._clock = tools.clock
        self._states = states
        self._works = works

    @use_case
    def offer(self, giver_id: int, isbn13: str, offer: Offer) -> Offered:
        """Put a copy of a known book on the shelf, pay what the listing earns, and have those who wish it told soon.

        :raises GiftNotFound: when the catalogue has no such book.
        :raises Suspended: while a moderator does not let them.
        :raises NotConfirmed: :raises GivingStopped: :raises AlreadyOffered: :raises WishedByYourself: :raises AnyEditionWished: as
            `ensure_may_list`.
        """
        self._tools.ledger.lock_person(giver_id)
        book = self._works.hold(isbn13)
        if book is None:
            raise GiftNotFound
        now = epoch(self._clock.now())
        gift = Gift(
            user_id=giver_id,
            isbn13=isbn13,
            work_id=book.work_id,
            book_condition=offer.condition.value,
            postage=offer.postage.value,
            note=offer.note,
            language=language_alone(book.facts.language),
            listings=1,
            bonus=0,
            create_time=now,
        )
        self._ensure_may_list(gift)
        copy_city(gift)
        self._states.list_anew(gift, now=now)
        self._take_place(gift)
        earned = self._pay_bonus(gift)
        db.session.add(GiftAnnouncement(gift_id=gift.id, told_up_to=0, create_time=now))
        events.gift_offered.publish(member=giver_id, gift=gift.id)
        return Offered(gift_id=gift.id, earned=earned, waits=gift.state != GiftState.OPEN)

    @use_case
    def withdraw(self, giver_id: int, gift_id: int) -> None:
        """Take a gift off the shelf; what its listing earned goes back if the balance has it.

        :raises GiftNotFound: :raises GiftInDrift: :raises GiftLaunched: :raises GiftAlreadyWithdrawn: as the rules say.
        """
        gift = self._own(giver_id, gift_id)
        ensure_may_withdraw(GiftState(gift.state))
        self._states.set(gift.id, GiftState.WITHDRAWN)
        free_places(giver_id, kind="gift", listing_id=gift.id)
        self._take_bonus_back(gift)
        events.gift_withdrawn.publish(member=giver_id, gift=gift.id)

    @use_case
    def resume(self, giver_id: int, gift_id: int) -> None:
        """Put a gift back on the shelf. Who was silent, or suspended until lately, has answered by this: all their paused gifts come back.

        :raises Suspended: :raises GiftNotFound: :raises GiftInDrift: :raises GiftLaunched: :raises GiftIsOpen: :raises GivingStopped: :raises OnHoliday:
        :raises AlreadyOffered: :raises WishedByYourself: :raises AnyEditionWished: as the rules say.
        """
        gift = self._own(giver_id, gift_id)
        standing = self._tools.facts.get_standing(giver_id)
        now = epoch(self._clock.now())
        ensure_not_suspended(standing.suspended_until, now)
        ensure_may_resume(
            GiftState(gift.state),
            stopped=standing.giving_stopped,
            away=bool(self._holidays.list_away({giver_id}, now=now)),
        )
        if gift.state == GiftState.WITHDRAWN:
            self._works.hold(gift.isbn13)
            db.session.refresh(gift)
            self._ensure_may_list(gift)
            self._take_place(gift)
            gift.listings += 1
            if not gift.bonus:
                self._pay_bonus(gift)
        copy_city(gift)
        self._states.list_anew(gift, now=now)
        for why in (Pause.SILENT, Pause.SUSPENDED):
            self._states.resume_all(giver_id, why)
        events.gift_resumed.publish(member=giver_id, gift=gift.id)

    def _own(self, giver_id: int, gift_id: int) -> Gift:
        self._tools.ledger.lock_person(giver_id)
        gift = db.session.execute(
            select(Gift).where(Gift.id == gift_id, Gift.user_id == giver_id).with_for_update()
        ).scalar_one_or_none()
        if gift is None:
            raise GiftNotFound
        return gift

    def _ensure_may_list(self, gift: Gift) -> None:
        standing = self._tools.facts.get_standing(gift.user_id)
        ensure_not_suspended(standing.suspended_until, epoch(self._clock.now()))
        places = find_fulfilled(gift.user_id, gift.isbn13, gift.work_id)
        ensure_may_list(
            ListingMember(confirmed=standing.confirmed, losses=standing.lost_out, parcels=standing.parcels_out),
            offered=any(place.kind == "gift" for place in places),
            wished=any(place.kind == "wish" and place.isbn13 for place in places),
            any_wished=any(not place.isbn13 for place in places),
        )

    def _take_place(self, gift: Gift) -> None:
        places = (Place(gift.isbn13, 0),)
        now = epoch(self._clock.now())
        if not take_places(gift.user_id, places, kind="gift", listing_id=gift.id, now=now):
            raise RaceLostError

    def _pay_bonus(self, gift: Gift) -> int:
        """Pay what a listing earns, the welcome of a first one with it, and return the sum."""
        account, listings = account_of(gift.user_id), self._look_up_listings(gift.user_id)
        if bonus := bonus_of(listings, self._tools.policy):
            self._tools.ledger.enter(
                Transfer(MINT, account, bonus, EntryKind.BONUS, f"gift:{gift.id}", f"bonus {gift.listings}")
            )
            gift.bonus = bonus
        welcome = welcome_of(listings, self._tools.policy)
        if not welcome:
            return bonus
        mark = self._tools.persons.find_first_mark(gift.user_id)
        reason = account if mark is None else f"mark:{mark}"
        transfer = Transfer(MINT, account, welcome, EntryKind.WELCOME, WELCOME, reason)
        return bonus + welcome * self._tools.ledger.enter_once(transfer)

    def _look_up_listings(self, giver_id: int) -> Listings:
        """Return what the giver's listings were paid; whether a reader vouches for them is looked up if it matters."""
        listings = self._tools.persons.listings(giver_id)
        proven = replace(listings, proven=True)
        if bonus_of(listings, self._tools.policy) == bonus_of(proven, self._tools.policy):
            return listings
        return (
            proven
            if self._tools.circles.count_witnesses(self._tools.persons.find_person(giver_id), enough=1)
            else listings
        )

    def _take_bonus_back(self, gift: Gift) -> None:
        """Return the listing's bonus to the site; one that was spent stays spent, and its place in the cap stays used."""
        if not gift.bonus or self._tools.ledger.lock(gift.user_id) < gift.bonus:
            return
        reason = f"bonus {gift.listings} back"
        try:
            self._tools.ledger.enter(
                Transfer(account_of(gift.user_id), MINT, gift.bonus, EntryKind.BONUS_BACK, f"gift:{gift.id}", reason)
            )
        except NotEnoughBeans:  # pragma: no cover - the balance is locked and was just read
            return
        gift.bonus = 0
