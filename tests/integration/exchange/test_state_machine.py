"""Random members drive the real services on a real database; after every step the ledger holds.

Among them: strangers and wrong parties, repeats, wrong order, jumps of the clock, a pair that trades in both directions, one
who claims every parcel lost, one who says "posted" and posts nothing, and members who delete their accounts.
"""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import timedelta
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.domain.beans import COVER, ESCROW, MINT, account_of
from app.domain.drift import DriftState
from app.domain.errors import Refusal
from app.domain.moderation import Stop
from app.domain.wish import WishScope, places_of
from app.models.bean import BeanDebt, BeanTransfer
from app.models.drift import Drift, DriftAddress, DriftEvent
from app.models.gift import Gift, OpenListing, Wish
from app.models.user import User
from tests.support.apps import close, make_app
from tests.support.exchange import AT_HOME, IN_PERSON, ISBNS, Exchange
from tests.support.rows import count_rows, get_row, list_rows

NAMES = ("甲一", "乙二", "丙三", "丁四")
MEMBER = st.integers(0, len(NAMES) - 1)
BOOK = st.integers(0, 2)
WHICH = st.integers(0, 5)
#: Each step of a party, where it starts and whose it is.
STEPS = {
    "post": ("waiting", "giver_id"),
    "reject": ("waiting", "giver_id"),
    "withdraw": ("waiting", "requester_id"),
    "open_address": ("waiting", "giver_id"),
    "receive": ("mailed", "requester_id"),
    "claim_lost": ("mailed", "requester_id"),
    "delay": ("mailed", "requester_id"),
    "take_back": ("mailed", "giver_id"),
}
#: What even few examples must come to, or their invariants say little.
COMMON_ENDS = {"mailed", "received", "lost", "disputed", "cancelled"}
CLAIMER, FAKER, PAIR = 0, 1, (2, 3)
DECISIONS = st.sampled_from([DriftState.RECEIVED, DriftState.LOST, DriftState.CANCELLED, DriftState.WAITING])


class ExchangeMachine(RuleBasedStateMachine):
    """One exchange per example; `make` gives an empty one."""

    make = staticmethod(lambda: None)
    #: Every kind of event that any example came to.
    reached: ClassVar[set[str]]

    def __init__(self) -> None:
        super().__init__()
        self.app, self.exchange = self.make()
        self.context = self.app.app_context()
        self.context.push()
        self.members = [self.exchange.member(name) for name in NAMES]
        self.gone: set[int] = set()
        #: Accounts of persons who have come back since.
        self.former: list[int] = []
        #: Everybody begins with a book on the shelf and the bean that it earned.
        self.gifts = [self.exchange.offer(one, ISBNS[3 + place]) for place, one in enumerate(self.members)]
        self.drifts: list[int] = []

    def teardown(self) -> None:
        self.reached |= {event.kind for event in list_rows(DriftEvent)}
        self.context.pop()
        close(self.app)

    def _some(self, things: list[int], which: int) -> int:
        """Pick one of the things there are, or one that is not there."""
        return things[which % len(things)] if things else 99_999

    @rule(member=MEMBER, book=BOOK)
    def offer(self, member: int, book: int) -> None:
        if member not in self.gone:
            with suppress(Refusal):
                self.gifts.append(self.exchange.offer(self.members[member], ISBNS[book]))

    @rule(member=MEMBER, which=WHICH)
    def withdraw_gift(self, member: int, which: int) -> None:
        with suppress(Refusal):
            self.exchange.gifts.withdraw(self.members[member], self._some(self.gifts, which))

    @rule(member=MEMBER, which=WHICH)
    def resume_gift(self, member: int, which: int) -> None:
        if member not in self.gone:
            with suppress(Refusal):
                self.exchange.gifts.resume(self.members[member], self._some(self.gifts, which))

    @rule(member=MEMBER, book=BOOK)
    def wish(self, member: int, book: int) -> None:
        if member not in self.gone:
            with suppress(Refusal):
                self.exchange.wishes.wish_for(self.members[member], ISBNS[book])

    @rule(member=MEMBER, book=BOOK)
    def unwish(self, member: int, book: int) -> None:
        with suppress(Refusal):
            self.exchange.wishes.withdraw(self.members[member], ISBNS[book])

    @rule(member=MEMBER, which=WHICH, in_person=st.booleans())
    def request(self, member: int, which: int, *, in_person: bool) -> None:
        if member not in self.gone:
            with suppress(Refusal):
                ask = IN_PERSON if in_person else AT_HOME
                self.drifts.append(
                    self.exchange.drifts.request(self.members[member], self._some(self.gifts, which), ask)
                )

    @precondition(lambda self: self.drifts)
    @rule(
        member=MEMBER,
        which=WHICH,
        act=st.sampled_from(["post", "receive", "withdraw", "claim_lost", "take_back", "delay", "open_address"]),
        repeats=st.integers(1, 2),
    )
    def act(self, member: int, which: int, act: str, repeats: int) -> None:
        for _repeat in range(repeats):
            with suppress(Refusal):
                getattr(self.exchange.drifts, act)(self.members[member], self._some(self.drifts, which))

    @rule(member=MEMBER, which=WHICH)
    def ask_for_what_is_there(self, member: int, which: int) -> None:
        gifts = [gift.id for gift in list_rows(Gift, state="open") if gift.user_id != self.members[member]]
        if gifts and member not in self.gone:
            with suppress(Refusal):
                gift = self._some(gifts, which)
                self.drifts.append(self.exchange.drifts.request(self.members[member], gift, AT_HOME))

    @precondition(lambda self: self.drifts)
    @rule(which=WHICH, act=st.sampled_from(sorted(STEPS)), twice=st.booleans())
    def the_right_party_acts(self, which: int, act: str, *, twice: bool) -> None:
        """Take a step where it starts, by whom it belongs to, and now and then a second time."""
        state, side = STEPS[act]
        if drifts := list_rows(Drift, state=state):
            drift = drifts[which % len(drifts)]
            words = {"reason": "不方便"} if act == "reject" else {}
            with suppress(Refusal):
                for _time in range(1 + twice):
                    getattr(self.exchange.drifts, act)(getattr(drift, side), drift.id, **words)

    @precondition(lambda self: self.drifts)
    @rule(member=MEMBER, which=WHICH)
    def reject(self, member: int, which: int) -> None:
        with suppress(Refusal):
            self.exchange.drifts.reject(self.members[member], self._some(self.drifts, which), reason="不方便")

    @initialize(parcels=st.lists(st.tuples(MEMBER, MEMBER, BOOK), min_size=3, max_size=6))
    def parcels_are_on_their_way(self, parcels: list[tuple[int, int, int]]) -> None:
        for giver, reader, book in parcels:
            self.one_sends_another_a_book(giver, reader, book)

    @rule(giver=MEMBER, reader=MEMBER, book=BOOK)
    def one_sends_another_a_book(self, giver: int, reader: int, book: int) -> None:
        """Wish for a book, be offered it, ask for it, and have it posted."""
        if giver == reader or self.gone & {giver, reader}:
            return
        wishing, giving = self.members[reader], self.members[giver]
        with suppress(Refusal):
            self.exchange.wishes.wish_for(wishing, ISBNS[book])
        with suppress(Refusal):
            self.gifts.append(self.exchange.offer(giving, ISBNS[book]))
            self.drifts.append(self.exchange.drifts.request(wishing, self.gifts[-1], AT_HOME))
            self.exchange.drifts.post(giving, self.drifts[-1])
            assert count_rows(Wish, user_id=wishing, isbn13=ISBNS[book], state="open") == 0

    @rule(parcels=st.integers(1, 4))
    def parcels_never_come(self, parcels: int) -> None:
        """Wait until losses may be claimed, and claim some."""
        drifts = list_rows(Drift, state="mailed")[:parcels]
        self.exchange.clock.advance(timedelta(days=15 * bool(drifts)))
        for drift in drifts:
            with suppress(Refusal):
                self.exchange.drifts.claim_lost(drift.requester_id, drift.id)
                assert self._wishes_left_fulfilled(drift.id) == [], "who lost a book wishes it again"

    def _wishes_left_fulfilled(self, lost: int) -> list[Wish]:
        """List the wishes that a lost drift should have opened: unless it is disputed, the book stands on a list of theirs, or
        they have left.
        """
        if self.exchange.state(lost) != "lost":
            return []
        return [
            wish
            for wish in list_rows(Wish, drift_id=lost, state="fulfilled")
            if get_row(User, wish.user_id).status == 1
            and count_rows(OpenListing, user_id=wish.user_id, **_place_of(wish)) == 0
        ]

    @rule(which=WHICH)
    def a_lost_book_turns_up(self, which: int) -> None:
        if drifts := list_rows(Drift, state="lost"):
            drift = drifts[which % len(drifts)]
            member = drift.requester_id
            is_owed_to_themselves = not drift.covered and drift.giver_id in self._accounts_of(member)
            before, price = self._worth(member), 0 if is_owed_to_themselves else 10
            self.exchange.drifts.receive(member, drift.id)
            assert self._worth(member) == before - price, "a book that came costs a bean, paid now or owed"

    def _accounts_of(self, member: int) -> set[int]:
        """Return the accounts of a member's person, those that were deleted among them."""
        return {account.id for account in list_rows(User, person_id=get_row(User, member).person_id)}

    def _worth(self, member: int) -> int:
        """Return what the accounts of a member's person have and do not owe to others, in tenths of a bean."""
        mates = self._accounts_of(member)
        own = {account_of(mate) for mate in mates}
        debts = [debt for mate in mates for debt in list_rows(BeanDebt, debtor_id=mate) if debt.creditor not in own]
        return sum(map(self.exchange.balance, mates)) - sum(debt.amount - debt.paid for debt in debts)

    @rule(which=WHICH, decision=DECISIONS)
    def a_dispute_is_decided(self, which: int, decision: DriftState) -> None:
        if drifts := list_rows(Drift, state="disputed"):
            with suppress(Refusal):
                drift = drifts[which % len(drifts)].id
                self.exchange.container.exchange.moderation.decide(None, drift, decision, reason="看过了")

    @precondition(lambda self: self.drifts)
    @rule(which=WHICH, decision=DECISIONS)
    def decide(self, which: int, decision: DriftState) -> None:
        with suppress(Refusal):
            self.exchange.container.exchange.moderation.decide(
                None, self._some(self.drifts, which), decision, reason="看过了"
            )

    @rule(book=BOOK, turned=st.booleans())
    def the_pair_trades(self, book: int, *, turned: bool) -> None:
        """Two of them send each other books, or say so, and press "received" at once."""
        giver, reader = PAIR if turned else PAIR[::-1]
        if not self.gone & set(PAIR):
            with suppress(Refusal):
                gift = self.exchange.offer(self.members[giver], ISBNS[book])
                self.gifts.append(gift)
                drift = self.exchange.drifts.request(self.members[reader], gift, IN_PERSON)
                self.drifts.append(drift)
                self.exchange.drifts.post(self.members[giver], drift)
                self.exchange.drifts.receive(self.members[reader], drift)

    @rule()
    def the_faker_says_that_all_is_posted(self) -> None:
        for drift in list_rows(Drift, giver_id=self.members[FAKER], state="waiting"):
            self.exchange.drifts.post(self.members[FAKER], drift.id)

    @rule()
    def the_claimer_claims_every_parcel_lost(self) -> None:
        for drift in list_rows(Drift, requester_id=self.members[CLAIMER], state="mailed"):
            with suppress(Refusal):
                self.exchange.drifts.claim_lost(self.members[CLAIMER], drift.id)

    @rule(member=MEMBER, stop=st.sampled_from(Stop))
    def a_moderator_lifts_a_stop(self, member: int, stop: Stop) -> None:
        with suppress(Refusal):
            self.exchange.container.exchange.moderation.lift(None, self.members[member], stop, reason="看过了")

    @rule(days=st.sampled_from([1, 3]))
    def days_pass(self, days: int) -> None:
        self.exchange.pass_days(days)

    @rule(days=st.sampled_from([8, 15, 31, 400]))
    def the_clock_jumps(self, days: int) -> None:
        """The worker was away: what came due meanwhile comes at once."""
        self.exchange.clock.advance(timedelta(days=days))
        self.exchange.pass_days(1 / 24)

    @precondition(lambda self: len(self.gone) < 2)
    @rule(member=MEMBER)
    def leave(self, member: int) -> None:
        if member not in self.gone:
            self.exchange.leave(self.members[member])
            self.gone.add(member)

    @rule(member=MEMBER)
    def come_back(self, member: int) -> None:
        """Make another account with the address of the one that was deleted."""
        if member in self.gone:
            self.former.append(self.members[member])
            again = f"{NAMES[member]}{len(self.former)}"
            self.members[member] = self.exchange.join(again, f"{NAMES[member].encode().hex()}@example.com")
            self.gone.remove(member)

    @rule(member=MEMBER, address=st.integers(0, 2))
    def change_the_address(self, member: int, address: int) -> None:
        """Take one of three mailboxes, which pass from hand to hand: who had the same one is one person."""
        if member not in self.gone:
            with suppress(Refusal):
                self.exchange.move(self.members[member], f"shared.{address}@example.com")

    @invariant()
    def the_ledger_is_sound(self) -> None:
        assert self.exchange.breaches() == []

    @invariant()
    def the_search_knows_what_can_be_had(self) -> None:
        assert self.exchange.offered() == self.exchange.on_shelf()

    @invariant()
    def members_gain_by_bonuses_and_cover_alone(self) -> None:
        held = sum(self.exchange.balance(member) for member in self.members)
        transfers = list_rows(BeanTransfer)
        given = {
            account: sum(each.amount * ((each.source == account) - (each.target == account)) for each in transfers)
            for account in (MINT, COVER, ESCROW)
        }
        assert held == sum(given.values())
        bonuses = sum(transfer.amount for transfer in transfers if transfer.source == MINT)
        listings = sum(gift.listings for gift in list_rows(Gift))
        assert bonuses <= 5 * (listings + len(self.members))

    @invariant()
    def cover_pays_one_loss_in_three_receipts(self) -> None:
        person_of = {account.id: account.person_id for account in list_rows(User)}
        losses: Counter[int] = Counter()
        readers: defaultdict[int, set[int]] = defaultdict(set)
        for drift in list_rows(Drift):
            giver, reader = person_of[drift.giver_id], person_of[drift.requester_id]
            losses[giver] += drift.covered
            if drift.state == "received" and drift.confirmed_by_reader and reader != giver:
                readers[giver].add(reader)
        # Accounts that became one person later had a free loss each, and readers who became one person counted as two.
        merged = sum(person != account for account, person in person_of.items())
        assert all(covered <= 1 + merged + (len(readers[person]) + merged) // 3 for person, covered in losses.items())

    @invariant()
    def nobody_has_more_than_five_open_requests(self) -> None:
        assert all(self.exchange.container.exchange.facts.get_standing(one).open_drifts <= 5 for one in self.members)

    @invariant()
    def who_has_left_holds_nothing(self) -> None:
        left = [*(self.members[member] for member in self.gone), *self.former]
        assert [self.exchange.balance(account) for account in left] == [0] * len(left)

    @invariant()
    def an_ended_drift_that_was_never_posted_has_no_address(self) -> None:
        addressed = {address.drift_id for address in list_rows(DriftAddress)}
        assert all(drift.state == "waiting" for drift in list_rows(Drift, mailed_at=None) if drift.id in addressed)

    @invariant()
    def a_member_has_each_book_on_one_list_at_most(self) -> None:
        gifts = sum(count_rows(Gift, state=state) for state in ("open", "reserved", "paused"))
        assert gifts + count_rows(Wish, state="open") == count_rows(OpenListing)


def _place_of(wish: Wish) -> dict[str, str | int]:
    """Return the place that a wish takes on its member's lists while it is open."""
    [place] = places_of(WishScope(wish.scope), wish.isbn13, [wish.work_id])
    return place._asdict()


def test_no_member_however_wild_breaks_the_ledger(database_kind, any_database_url, sqlite_template, tmp_path, request):
    made = 0

    def make():
        nonlocal made
        made += 1
        if database_kind == "mariadb":
            request.getfixturevalue("mariadb_server").empty("yushu")
        folder = tmp_path / str(made)
        shutil.copytree(sqlite_template, folder)
        app = make_app(folder, any_database_url)
        with app.app_context():
            return app, Exchange(app)

    class Machine(ExchangeMachine):
        reached: ClassVar[set[str]] = set()

    Machine.make = staticmethod(make)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=25 if database_kind == "sqlite" else 8,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        ),
    )
    assert made > 5
    assert Machine.reached >= COMMON_ENDS


def test_a_colluding_pair_gains_nothing_but_bonuses(any_database_app):
    with any_database_app.app_context():
        exchange = Exchange(any_database_app)
        one, two = exchange.rich("合一"), exchange.rich("谋二")
        for round_number in range(6):
            giver, reader = (one, two) if round_number % 2 else (two, one)
            with suppress(Refusal):
                drift = exchange.mailed(giver, reader, ISBNS[round_number % 3])
                exchange.pass_days(15)
                exchange.drifts.claim_lost(reader, drift)
        minted, covered = (
            sum(transfer.amount for transfer in list_rows(BeanTransfer, source=source)) for source in (MINT, COVER)
        )
        held = exchange.balance(one) + exchange.balance(two)
        in_escrow = 10 * sum(count_rows(Drift, state=state) for state in ("waiting", "mailed", "disputed"))
        assert held + in_escrow <= minted + covered
        assert covered <= 20, "the first loss of each, and none after"
        assert exchange.breaches() == []
