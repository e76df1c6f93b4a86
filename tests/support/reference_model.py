"""The exchange on paper: the domain's decisions carried out in dictionaries, so that the rules can be tried without a database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from app.domain import gift
from app.domain.beans import (
    COVER,
    ESCROW,
    MINT,
    Debt,
    EntryKind,
    Listings,
    Transfer,
    account_of,
    bonus_of,
    may_cover,
    member_of,
    settlements,
    welcome_of,
    witnesses_needed,
)
from app.domain.circle import Circles
from app.domain.drift import (
    GOT_STATES,
    OPEN_STATES,
    TRANSITIONS,
    Act,
    DriftFacts,
    DriftState,
    Effect,
    Party,
    creditor_of_late_arrival,
    find_transition,
    transfers_of,
)
from app.domain.drift_deadlines import act_of_claim, answer_due, due_after_delay, ensure_may_take_back, receipt_due
from app.domain.drift_request import DriftRequest, Requester, ensure_may_request
from app.domain.exchange_policy import DAY, Policy
from tests.support.drift_facts import drift_facts

NUMBERS = Policy()
REQUEST = TRANSITIONS[0]


@dataclass
class PaperGift:
    giver: int
    state: gift.GiftState = gift.GiftState.OPEN


@dataclass
class Paper:
    """Accounts are numbers; gifts and drifts are numbered from 1.

    `persons` names the person of an account that was made when another one had gone; `mailboxes` is how many the site knows.
    """

    mailboxes: int = 0

    now: int = 0
    gifts: dict[int, PaperGift] = field(default_factory=dict)
    drifts: dict[int, DriftFacts] = field(default_factory=dict)
    ledger: dict[tuple[str, str], Transfer] = field(default_factory=dict)
    debts: dict[str, Debt] = field(default_factory=dict)
    pressed: set[tuple[int, int]] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    persons: dict[int, int] = field(default_factory=dict)

    def person(self, account: int) -> int:
        return self.persons.get(account, account)

    def accounts_of(self, person: int) -> list[int]:
        return [person, *(account for account, owner in self.persons.items() if owner == person)]

    def come_back(self, account: int) -> int:
        """Make another account of a person whose account has gone."""
        fresh = max([account, *self.persons]) + 100
        self.persons[fresh] = self.person(account)
        return fresh

    def balance(self, account: str) -> int:
        entries = self.ledger.values()
        return sum(e.amount for e in entries if e.target == account) - sum(
            e.amount for e in entries if e.source == account
        )

    def move(self, transfer: Transfer) -> None:
        """Enter a transfer; what a member gets goes on to their creditors, or back to the mint when they have left."""
        key = (transfer.subject, transfer.reason)
        assert key not in self.ledger, f"{key} entered twice"
        self.ledger[key] = transfer
        member = member_of(transfer.target)
        if member in self.gone:
            self.move(
                Transfer(
                    transfer.target,
                    MINT,
                    transfer.amount,
                    EntryKind.SWEEP,
                    transfer.subject,
                    f"{transfer.reason}, left",
                )
            )
        elif member is not None:
            self.settle(member)

    def settle(self, member: int) -> None:
        account = account_of(member)
        owed = [d for d in self.debts.values() if self.same(d.debtor_id, member) and d.creditor != account and d.left]
        for debt, payment in list(settlements(member, self.balance(account), owed)):
            self.debts[f"{debt.id}"] = replace(debt, paid=debt.paid + payment.amount)
            self.move(payment)

    def list_gift(self, giver: int) -> None:
        number = len(self.gifts) + 1
        self.gifts[number] = PaperGift(giver)
        person = self.person(giver)
        listings = Listings(
            paid=self.count_bonuses(person),
            proven=Circles(PaperAcquaintance(self)).count_witnesses(person, enough=1) > 0,
            known=True,
            welcomed=("welcome", str(person)) in self.ledger,
        )
        if bonus := bonus_of(listings, NUMBERS):
            self.move(Transfer(MINT, account_of(giver), bonus, EntryKind.BONUS, f"gift:{number}", "bonus"))
        if welcome := welcome_of(listings, NUMBERS):
            self.move(Transfer(MINT, account_of(giver), welcome, EntryKind.WELCOME, "welcome", str(person)))

    def count_bonuses(self, person: int) -> int:
        accounts = {account_of(one) for one in self.accounts_of(person)}
        return sum(e.kind is EntryKind.BONUS and e.target in accounts for e in self.ledger.values())

    def request(self, reader: int, gift_id: int, *, handover: bool = False) -> None:
        wanted, mine = self.gifts[gift_id], [d for d in self.drifts.values() if self.same(d.requester_id, reader)]
        ensure_may_request(
            DriftRequest(state=wanted.state, giver_id=wanted.giver, isbn13="", work_id=0, held_by=None, others=0),
            Requester(
                id=reader,
                confirmed=reader not in self.gone,
                balance=self.balance(account_of(reader)),
                received=sum(d.state in GOT_STATES for d in mine),
                sent=sum(
                    d.state is DriftState.RECEIVED and self.same(d.giver_id, reader) for d in self.drifts.values()
                ),
                open_drifts=sum(d.state in OPEN_STATES for d in mine),
                same_book=False,
                own=self.same(reader, wanted.giver),
                losses=0,
                parcels=0,
            ),
            NUMBERS,
        )
        number = len(self.drifts) + 1
        drift = drift_facts(
            id=number,
            gift_id=gift_id,
            requester_id=reader,
            giver_id=wanted.giver,
            due_at=answer_due(self.now, NUMBERS),
            handover=handover,
        )
        self.drifts[number] = drift
        wanted.state = gift.GiftState.RESERVED
        for transfer in transfers_of(REQUEST, drift, cover=False):
            self.move(transfer)

    def act(self, number: int, act: Act, party: Party) -> None:
        drift = self.drifts[number]
        if act is Act.WITHDRAW and party is Party.REQUESTER:
            ensure_may_take_back(drift, self.now, away=False)
        if act is Act.LOSE and party is Party.REQUESTER:
            claims = [d.claimed_at for d in self.drifts.values() if self.same(d.requester_id, drift.requester_id)]
            recent = sum(at is not None and at > self.now - 365 * DAY for at in claims)
            act = act_of_claim(drift, self.now, recent_claims=recent)
        row = find_transition(drift, act, party)
        cover = Effect.COVER_GIVER in row.effects and drift.giver_id not in self.gone and self._may_cover(drift)
        due = receipt_due(self.now, NUMBERS) if row.target is DriftState.MAILED else None
        claimed = self.now if act in {Act.LOSE, Act.DISPUTE} and party is Party.REQUESTER else drift.claimed_at
        self.drifts[number] = replace(
            drift,
            state=row.target,
            due_at=due,
            mailed_at=self.now if row.target is DriftState.MAILED else drift.mailed_at,
            covered=cover or drift.covered,
            claimed_at=claimed,
        )
        if row.target is DriftState.RECEIVED and party is Party.REQUESTER:
            self.pressed.add((drift.giver_id, drift.requester_id))
        self._follow(drift, row.effects)
        for transfer in transfers_of(row, drift, cover=cover):
            self.move(transfer)
        if Effect.SETTLE_LATE in row.effects and drift.requester_id not in self.gone:
            debt_id = len(self.debts) + 1
            self.debts[f"{debt_id}"] = Debt(
                id=debt_id, debtor_id=drift.requester_id, creditor=creditor_of_late_arrival(drift), amount=10, paid=0
            )
            self.settle(drift.requester_id)

    def _follow(self, drift: DriftFacts, effects: frozenset[Effect]) -> None:
        states = {
            Effect.OPEN_GIFT: gift.GiftState.OPEN,
            Effect.LAUNCH_GIFT: gift.GiftState.LAUNCHED,
            Effect.FREE_GIFT: gift.GiftState.WITHDRAWN,
            Effect.PAUSE_GIVER: gift.GiftState.PAUSED,
        }
        for effect in effects & set(states):
            self.gifts[drift.gift_id].state = states[effect]
            if drift.giver_id in self.gone:
                self.gifts[drift.gift_id].state = gift.GiftState.HIDDEN

    def same(self, one: int, other: int) -> bool:
        return self.person(one) == self.person(other)

    def _may_cover(self, drift: DriftFacts) -> bool:
        giver, requester = self.person(drift.giver_id), self.person(drift.requester_id)
        circles = Circles(PaperAcquaintance(self))
        covered = sum(d.covered and self.same(d.giver_id, giver) for d in self.drifts.values())
        return may_cover(
            covered=covered,
            witnesses=circles.count_witnesses(giver, enough=witnesses_needed(covered)),
            both_ways=any(
                self.same(d.giver_id, requester) and self.same(d.requester_id, giver) for d in self.drifts.values()
            ),
        )

    def delay(self, number: int) -> None:
        drift = self.drifts[number]
        due = due_after_delay(drift, Party.REQUESTER, seen=None)
        self.drifts[number] = replace(drift, due_at=due, delays=drift.delays + 1)

    def pass_days(self, days: int) -> None:
        self.now += days * DAY
        for number, drift in list(self.drifts.items()):
            if drift.due_at is not None and drift.due_at <= self.now:
                self.act(number, Act.EXPIRE if drift.state is DriftState.WAITING else Act.RECEIVE, Party.CLOCK)

    def leave(self, member: int) -> None:
        self.gone.add(member)
        for number, drift in list(self.drifts.items()):
            if drift.state is DriftState.WAITING and member in {drift.giver_id, drift.requester_id}:
                self.act(number, Act.REJECT if drift.giver_id == member else Act.WITHDRAW, Party.LEAVING)
        rest = self.balance(account_of(member))
        if rest:
            self.move(Transfer(account_of(member), MINT, rest, EntryKind.SWEEP, account_of(member), "left"))

    def escrow_owed(self) -> int:
        return 10 * sum(drift.state in OPEN_STATES for drift in self.drifts.values())

    def accounts(self) -> set[str]:
        return {account for e in self.ledger.values() for account in (e.source, e.target)} | {ESCROW, MINT, COVER}


@dataclass
class PaperAcquaintance:
    """Who has dealt with whom on paper."""

    paper: Paper

    def count_mailboxes(self) -> int:
        return self.paper.mailboxes

    def list_readers(self, givers: Collection[int], *, but: Collection[int], limit: int) -> set[int]:
        pairs = ((self.paper.person(giver), self.paper.person(reader)) for giver, reader in self.paper.pressed)
        return set(sorted({reader for giver, reader in pairs if giver in givers and reader not in but})[:limit])

    def list_partners(self, person: int, *, limit: int) -> set[int]:
        posted = [
            (self.paper.person(drift.giver_id), self.paper.person(drift.requester_id))
            for drift in self.paper.drifts.values()
            if drift.mailed_at is not None
        ]
        pairs = posted + [(reader, giver) for giver, reader in posted]
        return set(sorted({other for one, other in pairs if one == person != other})[:limit])
