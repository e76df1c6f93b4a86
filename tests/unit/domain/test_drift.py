"""The state table: every act from every state by every party, named."""

from contextlib import suppress
from dataclasses import replace

import pytest

from app.cli.drift import mermaid_diagram, page, table
from app.domain.drift import (
    ADDRESS_STATES,
    GOT_STATES,
    OPEN_STATES,
    STATE_NAMES,
    TRANSITIONS,
    Act,
    DriftFacts,
    DriftNotFound,
    DriftState,
    Effect,
    Party,
    WrongParty,
    WrongState,
    creditor_of_late_arrival,
    find_transition,
    transfers_of,
)
from app.domain.errors import AlreadyDone, Refusal
from tests.support.drift_facts import drift_facts
from tests.support.paths import ROOT

GIVER, REQUESTER = 1, 2
WAITING = drift_facts(id=7, gift_id=3, requester_id=REQUESTER, giver_id=GIVER)
MAILED = replace(WAITING, state=DriftState.MAILED, mailed_at=5)

#: exchange.md section 3, row by row: (state before, act, party) → state after.
RULES = {
    (DriftState.WAITING, Act.REJECT, Party.GIVER): DriftState.REJECTED,
    (DriftState.WAITING, Act.REJECT, Party.LEAVING): DriftState.REJECTED,
    (DriftState.WAITING, Act.WITHDRAW, Party.REQUESTER): DriftState.WITHDRAWN,
    (DriftState.WAITING, Act.WITHDRAW, Party.LEAVING): DriftState.WITHDRAWN,
    (DriftState.WAITING, Act.MISS, Party.REQUESTER): DriftState.MISSED,
    (DriftState.WAITING, Act.MISS, Party.GIVER): DriftState.MISSED,
    (DriftState.WAITING, Act.EXPIRE, Party.CLOCK): DriftState.EXPIRED,
    (DriftState.WAITING, Act.EXPIRE, Party.HOLIDAY): DriftState.EXPIRED,
    (DriftState.WAITING, Act.MAIL, Party.GIVER): DriftState.MAILED,
    (DriftState.MAILED, Act.RECEIVE, Party.REQUESTER): DriftState.RECEIVED,
    (DriftState.MAILED, Act.RECEIVE, Party.CLOCK): DriftState.RECEIVED,
    (DriftState.MAILED, Act.LOSE, Party.REQUESTER): DriftState.LOST,
    (DriftState.MAILED, Act.DISPUTE, Party.REQUESTER): DriftState.DISPUTED,
    (DriftState.MAILED, Act.RETURN, Party.GIVER): DriftState.RETURNED,
    (DriftState.LOST, Act.RECEIVE, Party.REQUESTER): DriftState.RECEIVED,
    (DriftState.DISPUTED, Act.RECEIVE, Party.MODERATOR): DriftState.RECEIVED,
    (DriftState.DISPUTED, Act.LOSE, Party.MODERATOR): DriftState.LOST,
    (DriftState.WAITING, Act.CANCEL, Party.MODERATOR): DriftState.CANCELLED,
    (DriftState.MAILED, Act.CANCEL, Party.MODERATOR): DriftState.CANCELLED,
    (DriftState.DISPUTED, Act.CANCEL, Party.MODERATOR): DriftState.CANCELLED,
}
LATER_ACTS = [act for act in Act if act is not Act.REQUEST]
#: Where an act was done before, if it can be told: then it is no mistake.
REPEATS = {
    Act.REJECT: {DriftState.REJECTED},
    Act.WITHDRAW: {DriftState.WITHDRAWN},
    Act.EXPIRE: {DriftState.EXPIRED},
    Act.MAIL: {DriftState.MAILED, DriftState.RECEIVED, DriftState.LOST, DriftState.DISPUTED, DriftState.RETURNED},
    Act.RECEIVE: {DriftState.RECEIVED},
    Act.LOSE: {DriftState.LOST, DriftState.DISPUTED},
    Act.DISPUTE: {DriftState.LOST, DriftState.DISPUTED},
    Act.RETURN: {DriftState.RETURNED},
    Act.CANCEL: {DriftState.CANCELLED},
    Act.MISS: {DriftState.MISSED},
}


@pytest.mark.parametrize("party", Party)
@pytest.mark.parametrize("act", LATER_ACTS)
@pytest.mark.parametrize("state", DriftState)
def test_an_act_is_allowed_exactly_where_the_rule_book_says_so(state: DriftState, act: Act, party: Party) -> None:
    drift = replace(WAITING, state=state, mailed_at=5 if state in REPEATS[Act.MAIL] else None)
    wanted = RULES.get((state, act, party))
    if wanted is None:
        with pytest.raises(Refusal) as refused:
            find_transition(drift, act, party)
        assert type(refused.value) is refusal_of(state, act, party)
    else:
        assert find_transition(drift, act, party).target is wanted


def refusal_of(state: DriftState, act: Act, party: Party) -> type[Refusal]:
    if not any(rule[1:] == (act, party) for rule in RULES):
        return WrongParty
    return AlreadyDone if state in REPEATS[act] else WrongState


@pytest.mark.parametrize(
    ("drift", "act", "party"),
    [
        (replace(WAITING, state=DriftState.REJECTED), Act.REJECT, Party.GIVER),
        (replace(WAITING, state=DriftState.WITHDRAWN), Act.WITHDRAW, Party.REQUESTER),
        (MAILED, Act.MAIL, Party.GIVER),
        (replace(MAILED, state=DriftState.RECEIVED), Act.MAIL, Party.GIVER),
        (replace(MAILED, state=DriftState.RECEIVED), Act.RECEIVE, Party.REQUESTER),
        (replace(MAILED, state=DriftState.LOST), Act.LOSE, Party.REQUESTER),
        (replace(MAILED, state=DriftState.LOST), Act.DISPUTE, Party.REQUESTER),
        (replace(MAILED, state=DriftState.DISPUTED), Act.LOSE, Party.REQUESTER),
        (replace(MAILED, state=DriftState.RETURNED), Act.RETURN, Party.GIVER),
    ],
)
def test_a_repeat_of_ones_own_act_is_told_apart_from_a_wrong_one(drift: DriftFacts, act: Act, party: Party) -> None:
    with pytest.raises(AlreadyDone):
        find_transition(drift, act, party)


@pytest.mark.parametrize(
    ("act", "party"),
    [
        (Act.REJECT, Party.REQUESTER),
        (Act.MAIL, Party.REQUESTER),
        (Act.WITHDRAW, Party.GIVER),
        (Act.RECEIVE, Party.GIVER),
        (Act.LOSE, Party.GIVER),
        (Act.RETURN, Party.REQUESTER),
    ],
)
def test_the_other_party_is_refused_in_every_state(act: Act, party: Party) -> None:
    for state in DriftState:
        with pytest.raises(WrongParty):
            find_transition(replace(MAILED, state=state), act, party)


def test_a_wrong_state_is_named_in_both_languages() -> None:
    with pytest.raises(WrongState) as refusal:
        find_transition(WAITING, Act.RECEIVE, Party.REQUESTER)
    assert "等待回复" in refusal.value.message("zh")
    assert "waiting for an answer" in refusal.value.message("en")
    assert refusal.value.status == 409


def test_a_stranger_finds_no_drift() -> None:
    assert (WAITING.party_of(GIVER), WAITING.party_of(REQUESTER)) == (Party.GIVER, Party.REQUESTER)
    with pytest.raises(DriftNotFound) as refusal:
        WAITING.party_of(99)
    assert refusal.value.status == 404


def test_a_request_counts_as_received_unless_it_came_to_nothing() -> None:
    came_to_nothing = {
        DriftState.REJECTED,
        DriftState.WITHDRAWN,
        DriftState.EXPIRED,
        DriftState.RETURNED,
        DriftState.CANCELLED,
        DriftState.MISSED,
    }
    assert set(DriftState) - came_to_nothing == GOT_STATES
    assert OPEN_STATES - {DriftState.DISPUTED} == ADDRESS_STATES


def test_a_moderator_cancels_what_is_open_and_nothing_else() -> None:
    cancelled = set()
    for state in DriftState:
        with suppress(Refusal):
            find_transition(replace(WAITING, state=state), Act.CANCEL, Party.MODERATOR)
            cancelled.add(state)
    assert cancelled == OPEN_STATES == GOT_STATES - {DriftState.RECEIVED, DriftState.LOST}


def test_the_bean_leaves_escrow_once_exactly_when_a_drift_stops_being_open() -> None:
    for row in TRANSITIONS:
        moved = transfers_of(row, WAITING, cover=True)
        entered = sum(one.target == "escrow" for one in moved)
        left = sum(one.source == "escrow" for one in moved)
        assert entered == (row.source is None)
        assert left == (row.source in OPEN_STATES and row.target not in OPEN_STATES), row


def test_transfers_name_both_accounts_and_one_cause() -> None:
    lose = find_transition(MAILED, Act.LOSE, Party.REQUESTER)
    back, covered = transfers_of(lose, MAILED, cover=True)
    assert (back.source, back.target, back.amount, back.subject) == ("escrow", "member:2", 10, "drift:7")
    assert (covered.source, covered.target, covered.amount) == ("cover", "member:1", 10)
    assert transfers_of(lose, MAILED, cover=False) == (back,)


def test_a_late_arrival_is_owed_to_whoever_bore_the_loss() -> None:
    assert creditor_of_late_arrival(MAILED) == "member:1"
    assert creditor_of_late_arrival(replace(MAILED, covered=True)) == "cover"


def test_the_gift_is_free_again_whenever_the_bean_goes_back_except_for_silence_and_loss() -> None:
    for row in TRANSITIONS:
        if (
            Effect.BEAN_BACK in row.effects
            and row.target is not DriftState.LOST
            and Effect.PAUSE_GIVER not in row.effects
        ):
            assert row.effects & {Effect.OPEN_GIFT, Effect.FREE_GIFT}, row


def test_the_diagram_and_the_table_show_every_state_and_every_row() -> None:
    drawn = mermaid_diagram()
    assert all(f"    {state}: {state} {STATE_NAMES[state][0]}\n" in drawn for state in DriftState)
    assert drawn.count("-->") == len(TRANSITIONS) + 7
    assert "    [*] --> waiting: request (requester)\n" in drawn
    assert len(table().splitlines()) == len(TRANSITIONS) + 2


def test_the_page_of_the_docs_is_the_one_the_command_writes() -> None:
    written = ROOT / "docs" / "drift.md"
    assert written.read_text("utf-8") == page(), "run `flask --app fisher drift diagram --into docs/drift.md`"
