"""Random members drive the rules on paper; no bean is made, lost or doubled outside the rules."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.domain.beans import COVER, ESCROW, MINT, EntryKind, account_of, member_of
from app.domain.drift import OPEN_STATES, Act, Party
from app.domain.errors import Refusal
from tests.support.reference_model import Paper

MEMBERS = st.integers(1, 4)
NUMBERS = st.integers(1, 6)


class PaperMachine(RuleBasedStateMachine):
    """Four persons, each with one account at a time."""

    mailboxes = 0

    def __init__(self) -> None:
        super().__init__()
        self.paper = Paper(mailboxes=self.mailboxes)
        self.accounts = {person: person for person in range(1, 5)}

    def _try(self, what: object, *args: object) -> None:
        refused = None
        try:
            what(*args)  # type: ignore[operator]
        except Refusal as refusal:
            refused = refusal
        assert refused is None or (refused.message("zh") and refused.message("en"))

    @rule(member=MEMBERS)
    def list_a_book(self, member: int) -> None:
        if self.accounts[member] not in self.paper.gone:
            self.paper.list_gift(self.accounts[member])

    @rule(member=MEMBERS, number=NUMBERS)
    def request(self, member: int, number: int) -> None:
        if number in self.paper.gifts:
            self._try(self.paper.request, self.accounts[member], number)

    @rule(number=NUMBERS, act=st.sampled_from(list(Act)), party=st.sampled_from(list(Party)))
    def act(self, number: int, act: Act, party: Party) -> None:
        if number in self.paper.drifts and party not in {Party.CLOCK, Party.LEAVING}:
            self._try(self.paper.act, number, act, party)

    @rule(number=NUMBERS)
    def delay(self, number: int) -> None:
        if number in self.paper.drifts:
            self._try(self.paper.delay, number)

    @rule(days=st.integers(1, 40))
    def days_pass(self, days: int) -> None:
        self.paper.pass_days(days)

    @rule(member=MEMBERS)
    def leave(self, member: int) -> None:
        if self.accounts[member] not in self.paper.gone:
            self.paper.leave(self.accounts[member])

    @rule(member=MEMBERS)
    def come_back(self, member: int) -> None:
        if self.accounts[member] in self.paper.gone:
            self.accounts[member] = self.paper.come_back(self.accounts[member])

    @invariant()
    def accounts_sum_to_zero_and_no_member_is_below_it(self) -> None:
        balances = {account: self.paper.balance(account) for account in self.paper.accounts()}
        assert sum(balances.values()) == 0
        assert all(balance >= 0 for account, balance in balances.items() if member_of(account) is not None), balances
        assert balances[COVER] <= 10 * len(self.paper.debts)

    @invariant()
    def escrow_holds_one_bean_for_each_open_drift(self) -> None:
        assert self.paper.balance(ESCROW) == self.paper.escrow_owed()

    @invariant()
    def open_drifts_have_a_deadline_or_a_moderator_and_one_gift_each(self) -> None:
        drifts = [drift for drift in self.paper.drifts.values() if drift.state in OPEN_STATES]
        assert len({drift.gift_id for drift in drifts}) == len(drifts)

    @invariant()
    def the_mint_gave_no_more_than_the_bonus_rules_allow(self) -> None:
        for member in range(1, 5):
            readers = {reader for giver, reader in self.paper.pressed if self.paper.same(giver, member)}
            proven = not self.mailboxes and any(not self.paper.same(reader, member) for reader in readers)
            assert self.paper.count_bonuses(member) <= (10 if proven else 4)
        assert sum(e.subject == "welcome" for e in self.paper.ledger.values()) <= 4
        minted = [e for e in self.paper.ledger.values() if e.source == MINT]
        assert all(e.kind in {EntryKind.BONUS, EntryKind.WELCOME} for e in minted)

    @invariant()
    def who_has_left_holds_nothing(self) -> None:
        assert all(self.paper.balance(account_of(member)) == 0 for member in self.paper.gone)


class LargeSiteMachine(PaperMachine):
    """The same four among a thousand others with whom they never deal: a closed circle."""

    mailboxes = 1000

    @invariant()
    def cover_pays_a_first_loss_each_at_most(self) -> None:
        paid = [self.paper.person(member_of(e.target) or 0) for e in self.paper.ledger.values() if e.source == COVER]
        assert len(set(paid)) == len(paid)


PaperMachine.TestCase.settings = LargeSiteMachine.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
TestPaperExchange = PaperMachine.TestCase
TestPaperExchangeOfALargeSite = LargeSiteMachine.TestCase
