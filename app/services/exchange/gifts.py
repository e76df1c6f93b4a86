"""Gifts: put a copy on the shelf, take it off, put it back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import delete, select

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
    too_many_losses,
)
from app.extensions import db
from app.libs.clock import epoch
from app.models.gift import Gift, GiftAnnouncement, OpenListing
from app.queries.book import BookQueries
from app.services.exchange.gift_states import GiftStates
from app.services.exchange.tools import ExchangeTools
from app.services.unit_of_work import insert_once, use_case


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a giver says of a copy."""

    condition: Condition = Condition.GOOD
    postage: Postage = Postage.GIVER
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A copy that was put on the shelf, and what its listing earned, in beans' tenths."""

    gift_id: int
    earned: int


class Gifts:
    """The use cases of a giver's list."""

    def __init__(self, tools: ExchangeTools, *, states: GiftStates, books: BookQueries) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._states = states
        self._books = books

    @use_case
    def offer(self, giver_id: int, isbn13: str, offer: Offer) -> Offered:
        """Put a copy of a known book on the shelf, pay what the listing earns, and have those who wish it told soon.

        :raises GiftNotFound: when the catalogue has no such book.
        :raises NotConfirmed: :raises GivingStopped: :raises AlreadyOffered: :raises WishedByYourself: as `ensure_may_list`.
        """
        if self._books.find(isbn13) is None:
            raise GiftNotFound
        self._tools.ledger.lock_person(giver_id)
        now = epoch(self._clock.now())
        gift = Gift(
            user_id=giver_id,
            isbn13=isbn13,
            book_condition=offer.condition.value,
            postage=offer.postage.value,
            note=offer.note,
            listings=1,
            bonus=0,
            create_time=now,
        )
        self._ensure_may_list(giver_id, isbn13)
        self._states.list_anew(gift, now=now)
        self._take_place(gift)
        earned = self._pay_bonus(gift)
        db.session.add(GiftAnnouncement(gift_id=gift.id, told_up_to=0, create_time=now))
        events.gift_offered.publish(member=giver_id, gift=gift.id)
        return Offered(gift_id=gift.id, earned=earned)

    @use_case
    def withdraw(self, giver_id: int, gift_id: int) -> None:
        """Take a gift off the shelf; what its listing earned goes back if the balance has it.

        :raises GiftNotFound: :raises GiftInDrift: :raises GiftLaunched: :raises GiftAlreadyWithdrawn: as the rules say.
        """
        gift = self._own(giver_id, gift_id)
        ensure_may_withdraw(GiftState(gift.state))
        self._states.set(gift.id, GiftState.WITHDRAWN)
        db.session.execute(
            delete(OpenListing).where(OpenListing.user_id == giver_id, OpenListing.isbn13 == gift.isbn13)
        )
        self._take_bonus_back(gift)
        events.gift_withdrawn.publish(member=giver_id, gift=gift.id)

    @use_case
    def resume(self, giver_id: int, gift_id: int) -> None:
        """Put a gift back on the shelf. Who was silent has answered by this: all their paused gifts come back.

        :raises GiftNotFound: :raises GiftInDrift: :raises GiftLaunched: :raises GiftIsOpen: :raises GivingStopped:
        :raises AlreadyOffered: :raises WishedByYourself: as the rules say.
        """
        gift = self._own(giver_id, gift_id)
        standing = self._tools.facts.get_standing(giver_id)
        ensure_may_resume(GiftState(gift.state), stopped=too_many_losses(standing.lost_out, standing.parcels_out))
        now = epoch(self._clock.now())
        if gift.state == GiftState.WITHDRAWN:
            self._ensure_may_list(giver_id, gift.isbn13)
            self._take_place(gift)
            gift.listings += 1
            if not gift.bonus:
                self._pay_bonus(gift)
        self._states.list_anew(gift, now=now)
        self._states.resume_all(giver_id, Pause.SILENT)
        events.gift_resumed.publish(member=giver_id, gift=gift.id)

    def _own(self, giver_id: int, gift_id: int) -> Gift:
        self._tools.ledger.lock_person(giver_id)
        gift = db.session.execute(
            select(Gift).where(Gift.id == gift_id, Gift.user_id == giver_id).with_for_update()
        ).scalar_one_or_none()
        if gift is None:
            raise GiftNotFound
        return gift

    def _ensure_may_list(self, giver_id: int, isbn13: str) -> None:
        standing = self._tools.facts.get_standing(giver_id)
        place = db.session.get(OpenListing, (giver_id, isbn13))
        ensure_may_list(
            ListingMember(confirmed=standing.confirmed, losses=standing.lost_out, parcels=standing.parcels_out),
            offered=place is not None and place.kind == "gift",
            wished=place is not None and place.kind == "wish",
        )

    def _take_place(self, gift: Gift) -> None:
        taken = insert_once(
            OpenListing,
            user_id=gift.user_id,
            isbn13=gift.isbn13,
            kind="gift",
            listing_id=gift.id,
            create_time=epoch(self._clock.now()),
        )
        if not taken:  # somebody's second window was faster: say what the rule would have said
            db.session.expire_all()
            self._ensure_may_list(gift.user_id, gift.isbn13)

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
