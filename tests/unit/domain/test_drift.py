"""The state table: every act from every state by every party, named."""

from dataclasses import replace

import pytest

from app.cli.drift_diagram import diagram, page, table
from app.domain.drift import (
    OPEN_STATES,
    STATE_NAMES,
    TRANSITIONS,
    Act,
    Drift,
    DriftNotFound,
    Effect,
    Party,
    State,
    WrongParty,
    WrongState,
    find_transition,
)
from app.domain.drift_beans import creditor_of_late_arrival, transfers_of
from app.domain.errors import AlreadyDone
from tests.support.paths import ROOT

GIVER, REQUESTER = 1, 2
WAITING = Drift(id=7, gift_id=3, state=State.WAITING, requester_id=REQUESTER, giver_id=GIVER, due_at=0)
MAILED = replace(WAITING, state=State.MAILED, mailed_at=5)

#: exchange.md section 3, row by row: (state before, act, party) → state after.
RULES = {
    (State.WAITING, Act.REJECT, Party.GIVER): State.REJECTED,
    (State.WAITING, Act.REJECT, Party.LEAVING): State.REJECTED,
    (State.WAITING, Act.WITHDRAW, Party.REQUESTER): State.WITHDRAWN,
    (State.WAITING, Act.WITHDRAW, Party.LEAVING): State.WITHDRAWN,
    (State.WAITING, Act.EXPIRE, Party.CLOCK): State.EXPIRED,
    (State.WAITING, Act.MAIL, Party.GIVER): State.MAILED,
    (State.MAILED, Act.RECEIVE, Party.REQUESTER): State.RECEIVED,
    (State.MAILED, Act.RECEIVE, Party.CLOCK): State.RECEIVED,
    (State.MAILED, Act.LOSE, Party.REQUESTER): State.LOST,
    (State.MAILED, Act.DISPUTE, Party.REQUESTER): State.DISPUTED,
    (State.MAILED, Act.RETURN, Party.GIVER): State.RETURNED,
    (State.LOST, Act.RECEIVE, Party.REQUESTER): State.RECEIVED,
    (State.DISPUTED, Act.RECEIVE, Party.MODERATOR): State.RECEIVED,
    (State.DISPUTED, Act.LOSE, Party.MODERATOR): State.LOST,
    (State.WAITING, Act.CANCEL, Party.MODERATOR): State.CANCELLED,
    (State.MAILED, Act.CANCEL, Party.MODERATOR): State.CANCELLED,
    (State.DISPUTED, Act.CANCEL, Party.MODERATOR): State.CANCELLED,
}
LATER_ACTS = [act for act in Act if act is not Act.REQUEST]


@pytest.mark.parametrize("party", Party)
@pytest.mark.parametrize("act", LATER_ACTS)
@pytest.mark.parametrize("state", State)
def test_an_act_is_allowed_exactly_where_the_rule_book_says_so(state: State, act: Act, party: Party) -> None:
    drift = replace(WAITING, state=state)
    wanted = RULES.get((state, act, party))
    if wanted is None:
        with pytest.raises((WrongParty, WrongState, AlreadyDone)):
            find_transition(drift, act, party)
    else:
        assert find_transition(drift, act, party).target is wanted


@pytest.mark.parametrize(
    ("drift", "act", "party"),
    [
        (replace(WAITING, state=State.REJECTED), Act.REJECT, Party.GIVER),
        (replace(WAITING, state=State.WITHDRAWN), Act.WITHDRAW, Party.REQUESTER),
        (MAILED, Act.MAIL, Party.GIVER),
        (replace(MAILED, state=State.RECEIVED), Act.MAIL, Party.GIVER),
        (replace(MAILED, state=State.RECEIVED), Act.RECEIVE, Party.REQUESTER),
        (replace(MAILED, state=State.LOST), Act.LOSE, Party.REQUESTER),
        (replace(MAILED, state=State.LOST), Act.DISPUTE, Party.REQUESTER),
        (replace(MAILED, state=State.DISPUTED), Act.LOSE, Party.REQUESTER),
        (replace(MAILED, state=State.RETURNED), Act.RETURN, Party.GIVER),
    ],
)
def test_a_repeat_of_ones_own_act_is_told_apart_from_a_wrong_one(drift: Drift, act: Act, party: Party) -> None:
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
    for state in State:
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
        if Effect.BEAN_BACK in row.effects and row.target not in {State.EXPIRED, State.LOST}:
            assert row.effects & {Effect.OPEN_GIFT, Effect.FREE_GIFT}, row


def test_the_diagram_and_the_table_show_every_state_and_every_row() -> None:
    drawn = diagram()
    assert all(f"    {state}: {state} {STATE_NAMES[state][0]}\n" in drawn for state in State)
    assert drawn.count("-->") == len(TRANSITIONS) + 6
    assert "    [*] --> waiting: request (requester)\n" in drawn
    assert len(table().splitlines()) == len(TRANSITIONS) + 2


def test_the_page_of_the_docs_is_the_one_the_command_writes() -> None:
    written = ROOT / "docs" / "drift.md"
    assert written.read_text("utf-8") == page(), "run `flask --app fisher drift diagram --into docs/drift.md`"
