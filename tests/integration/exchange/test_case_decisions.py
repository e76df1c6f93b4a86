"""One moderator at a time decides a case, never their own; who reported hears what came of it, and one appeal goes to another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.account import LinkExpired
from app.domain.book import BookFacts
from app.domain.drift import DriftState
from app.domain.gift import GiftNotFound
from app.domain.moderation import NotSuspended, OwnCase, StaffCase, Suspended
from app.domain.report import (
    CaseClosed,
    CaseKind,
    ClaimedByAnother,
    Decision,
    MayNotAppeal,
    Reason,
    WrongDecision,
)
from app.models.drift import Drift, ModeratorAct
from app.models.gift import Gift, OpenListing
from app.models.message import OutboxMail
from app.models.moderation import ModerationCase
from app.models.user import User
from app.services.exchange.drifts import Ask
from app.services.exchange.gifts import Offer
from app.services.moderation.case_decisions import Ruling
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.rows import count_rows, get_row, list_rows

WHY = "看过了"


class Court:
    """Two moderators, a giver with a gift that is no good, and somebody who says so."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.box = exchange.container.moderation
        self.judge, self.other = (exchange.member(name, role="moderator") for name in ("版主", "另一位版主"))
        self.giver, self.reporter = exchange.member("老舍"), exchange.member("小满")
        self.gift = exchange.offer(self.giver, ISBNS[0], Offer(note="加微信付钱"))

    def report(self, kind: CaseKind = CaseKind.GIFT, key: object = None, *, by: int | None = None) -> int:
        about = self.gift if key is None else key
        self.box.reports.report(by or self.reporter, kind, str(about), Reason.OTHER)
        return int(list_rows(ModerationCase)[-1].id)

    def decide(self, case: int, decision: Decision, *, by: int | None = 0, **more: object) -> None:
        moderator = self.judge if by == 0 else by
        self.box.decisions.decide(moderator, case, Ruling(decision=decision, reason=WHY, **more))  # type: ignore[arg-type]

    def acts(self) -> list[tuple[str, int | None]]:
        return [(act.kind, act.member_id) for act in list_rows(ModeratorAct)]

    def outcome(self, case: int) -> tuple[int | None, str]:
        row = get_row(ModerationCase, case)
        return row.is_open, row.outcome


@pytest.fixture
def court(exchange: Exchange) -> Court:
    return Court(exchange)


def test_a_gift_is_hidden_its_place_is_free_and_both_hear_of_it(court: Court) -> None:
    exchange, case = court.exchange, court.report()
    court.decide(case, Decision.HIDE)
    assert exchange.gift_state(court.gift) == "hidden"
    assert exchange.offered() == exchange.on_shelf()
    assert count_rows(OpenListing, user_id=court.giver) == 0
    assert court.outcome(case) == (None, "hide")
    assert court.acts() == [("hide", court.giver)]
    assert (exchange.notices(court.giver), exchange.notices(court.reporter)) == (["hidden"], ["report_acted"])
    [letter] = list_rows(OutboxMail, kind="hidden")
    assert (letter.user_id, WHY in letter.context, "三体" in letter.context) == (court.giver, True, True)
    with pytest.raises(GiftNotFound):
        exchange.gifts.resume(court.giver, court.gift)
    exchange.offer(court.giver, ISBNS[0])
    assert exchange.breaches() == []


def test_a_request_that_waits_for_a_gift_is_cancelled_with_the_bean_back_when_it_is_hidden(court: Court) -> None:
    exchange = court.exchange
    reader = exchange.rich("老周")
    drift = exchange.drifts.request(reader, court.gift, AT_HOME)
    court.decide(court.report(), Decision.HIDE)
    assert (exchange.state(drift), exchange.gift_state(court.gift)) == ("cancelled", "hidden")
    assert exchange.balance(reader) == 10
    assert exchange.breaches() == []


def test_what_is_on_its_way_is_not_touched_by_hiding(court: Court) -> None:
    exchange, case = court.exchange, court.report()
    drift = exchange.drifts.request(exchange.rich("老周"), court.gift, AT_HOME)
    exchange.drifts.post(court.giver, drift)
    court.decide(case, Decision.HIDE)
    assert (exchange.state(drift), exchange.gift_state(court.gift)) == ("mailed", "launched")


def test_a_message_is_emptied(court: Court) -> None:
    exchange = court.exchange
    reader = exchange.rich("老周")
    drift = exchange.drifts.request(reader, court.gift, Ask(recipient=None, message="骗子"))
    court.decide(court.report(CaseKind.MESSAGE, drift, by=court.giver), Decision.HIDE)
    assert get_row(Drift, drift).message == ""
    assert exchange.notices(reader) == ["hidden"]


def test_a_member_is_warned_suspended_with_the_gift_hidden_or_put_out(court: Court) -> None:
    exchange = court.exchange
    court.decide(court.report(), Decision.WARN)
    assert exchange.gift_state(court.gift) == "open"
    court.decide(court.report(), Decision.SUSPEND, days=3, hide=True)
    assert exchange.gift_state(court.gift) == "hidden"
    with pytest.raises(Suspended):
        exchange.offer(court.giver, ISBNS[1])
    court.decide(court.report(CaseKind.MEMBER, "老舍"), Decision.DISABLE)
    assert get_row(User, court.giver).disabled_at
    assert [kind for kind, _member in court.acts()] == ["warn", "hide", "suspend", "disable"]
    assert exchange.notices(court.giver) == ["warned", "hidden", "suspended", "disabled"]
    assert exchange.breaches() == []


def test_a_dismissed_report_changes_nothing_and_the_reporter_hears_so(court: Court) -> None:
    case = court.report()
    second, gone = court.exchange.member("路人"), court.exchange.member("要走的")
    court.report(by=second)
    court.report(by=gone)
    court.exchange.leave(gone)
    court.decide(case, Decision.DISMISS)
    assert court.exchange.notices(gone) == []
    assert court.exchange.gift_state(court.gift) == "open"
    assert court.exchange.notices(court.giver) == []
    assert [court.exchange.notices(member) for member in (court.reporter, second)] == [["report_dismissed"]] * 2
    assert court.acts() == [("dismiss", None)]
    assert court.report() > case, "it may be reported again"


def test_facts_are_mended_and_found(court: Court) -> None:
    exchange, case = court.exchange, court.report(CaseKind.FACTS, ISBNS[1])
    facts = BookFacts(isbn13=ISBNS[1], title="改好的书名", authors=("新作者",), source="operator")
    wrong = BookFacts(isbn13=ISBNS[2], title="另一本")
    with pytest.raises(WrongDecision):
        court.box.decisions.mend(court.judge, case, wrong, reason=WHY)
    court.box.decisions.mend(court.judge, case, facts, reason=WHY)
    book = exchange.container.catalogue.books.find(ISBNS[1])
    assert book is not None
    assert (book.facts.title, book.facts.authors) == ("改好的书名", ("新作者",))
    assert court.outcome(case) == (None, "mend")
    assert exchange.notices(court.reporter) == ["report_acted"]
    with pytest.raises(CaseClosed):
        court.box.decisions.mend(court.judge, case, facts, reason=WHY)


def test_only_what_fits_the_kind_may_be_decided(court: Court) -> None:
    case = court.report(CaseKind.FACTS, ISBNS[1])
    for decision in (Decision.HIDE, Decision.SUSPEND, Decision.PART, Decision.REVERSE, Decision.MEND):
        with pytest.raises(WrongDecision):
            court.decide(case, decision, days=3)
    member = court.report(CaseKind.MEMBER, "老舍")
    with pytest.raises(WrongDecision):
        court.decide(member, Decision.HIDE)
    with pytest.raises(ValueError, match="1 to 90"):
        court.decide(member, Decision.SUSPEND, days=91)
    assert court.acts() == []


def test_one_moderator_at_a_time_has_a_case_for_an_hour(court: Court) -> None:
    case, decisions = court.report(), court.box.decisions
    decisions.claim(court.judge, case)
    decisions.claim(court.judge, case)
    for act in (
        lambda: decisions.claim(court.other, case),
        lambda: decisions.release(court.other, case),
        lambda: court.decide(case, Decision.DISMISS, by=court.other),
    ):
        with pytest.raises(ClaimedByAnother):
            act()
    [row] = court.box.cases.list_open(claimed_by=court.judge, limit=9)
    assert (row.id, row.claimer) == (case, "版主")
    court.exchange.clock.advance(timedelta(hours=1, seconds=1))
    decisions.claim(court.other, case)
    decisions.release(court.other, case)
    court.decide(case, Decision.DISMISS)
    for act in (lambda: decisions.claim(court.judge, case), lambda: court.decide(case, Decision.WARN)):
        with pytest.raises(CaseClosed):
            act()


def test_a_claimed_dispute_is_decided_by_who_took_it(court: Court) -> None:
    exchange = court.exchange
    drift = exchange.mailed(court.giver, exchange.rich("老周"), ISBNS[1], tracking="SF1")
    exchange.pass_days(15)
    exchange.drifts.claim_lost(get_row(Drift, drift).requester_id, drift)
    [case] = court.box.cases.list_open(kind=CaseKind.DISPUTE, limit=9)
    court.box.decisions.claim(court.judge, case.id)
    decide = exchange.container.exchange.moderation.decide
    with pytest.raises(ClaimedByAnother):
        decide(court.other, drift, DriftState.RECEIVED, reason=WHY)
    decide(court.judge, drift, DriftState.RECEIVED, reason=WHY)
    assert court.box.cases.list_open(limit=9) == ()


def test_a_dispute_that_ends_otherwise_leaves_the_list(court: Court) -> None:
    exchange = court.exchange
    reader = exchange.rich("老周")
    drift = exchange.mailed(court.giver, reader, ISBNS[1], tracking="SF1")
    exchange.pass_days(15)
    exchange.drifts.claim_lost(reader, drift)
    exchange.container.exchange.moderation.decide(None, drift, DriftState.CANCELLED, reason=WHY)
    assert court.box.cases.list_open(limit=9) == ()


def test_nobody_decides_about_themselves_or_the_other_side_of_an_open_drift(court: Court) -> None:
    exchange, decisions = court.exchange, court.box.decisions
    own = exchange.offer(court.judge, ISBNS[1])
    case = court.report(key=own)
    for act in (lambda: decisions.claim(court.judge, case), lambda: court.decide(case, Decision.DISMISS)):
        with pytest.raises(OwnCase):
            act()
    with pytest.raises(StaffCase):
        court.decide(case, Decision.WARN, by=court.other)
    court.decide(case, Decision.DISMISS, by=court.other)
    partner = court.report()
    drift = exchange.drifts.request(exchange.rich("老周"), exchange.offer(court.giver, ISBNS[2]), AT_HOME)
    court.box.decisions.claim(court.judge, partner)
    exchange.drifts.reject(court.giver, drift, reason="")
    asked = exchange.drifts.request(court.giver, exchange.offer(court.judge, ISBNS[2]), AT_HOME)
    with pytest.raises(OwnCase):
        court.decide(partner, Decision.DISMISS)
    exchange.drifts.withdraw(court.giver, asked)
    court.decide(partner, Decision.DISMISS)


def test_a_case_about_a_moderator_is_not_in_their_list_and_a_drift_of_theirs_is_not_theirs_to_take(
    court: Court,
) -> None:
    exchange, cases = court.exchange, court.box.cases
    own = court.report(key=exchange.offer(court.judge, ISBNS[1]))
    assert [case.id for case in cases.list_open(reader_id=court.other, limit=9)] == [own]
    assert cases.list_open(reader_id=court.judge, limit=9) == ()
    for giver, isbn in ((court.judge, ISBNS[2]), (court.other, ISBNS[3])):
        reader = exchange.rich(f"读者{giver}")
        drift = exchange.mailed(giver, reader, isbn, tracking="SF1")
        exchange.pass_days(15)
        exchange.drifts.claim_lost(reader, drift)
    own, others = (case.id for case in cases.list_open(kind=CaseKind.DISPUTE, reader_id=court.judge, limit=9))
    with pytest.raises(OwnCase):
        court.box.decisions.claim(court.judge, own)
    court.box.decisions.claim(court.judge, others)
    court.box.decisions.claim(court.other, own)


def test_who_appeals_is_judged_by_another_and_a_hidden_gift_may_be_put_back(court: Court) -> None:
    exchange, appeals = court.exchange, court.box.appeals
    court.decide(court.report(), Decision.HIDE)
    [act] = list_rows(ModeratorAct)
    with pytest.raises(MayNotAppeal):
        appeals.appeal(court.reporter, act.id, note="不是我")
    appeals.appeal(court.giver, act.id, note="这是我自己的书")
    with pytest.raises(MayNotAppeal):
        appeals.appeal(court.giver, act.id, note="再说一次")
    [case] = court.box.cases.list_open(limit=9)
    assert (case.kind, case.member_id, case.title) == (CaseKind.APPEAL, court.giver, "三体")
    with pytest.raises(OwnCase):
        court.decide(case.id, Decision.DISMISS)
    with pytest.raises(OwnCase):
        court.box.decisions.claim(court.judge, case.id)
    court.decide(case.id, Decision.REVERSE, by=court.other)
    assert exchange.gift_state(court.gift) == "withdrawn"
    exchange.gifts.resume(court.giver, court.gift)
    assert exchange.notices(court.giver) == ["hidden", "appeal_granted"]
    assert [
        row.is_appealed for row in exchange.container.exchange.moderation_list.list_about(court.giver, limit=9)
    ] == [
        False,
        True,
    ]
    with pytest.raises(MayNotAppeal):
        appeals.appeal(court.giver, act.id, note="还要说")
    reversal = list_rows(ModeratorAct)[-1].id
    with pytest.raises(MayNotAppeal):
        appeals.appeal(court.giver, reversal, note="对谁有理")
    assert exchange.breaches() == []


def test_an_appeal_may_be_refused_and_comes_too_late_after_thirty_days(court: Court) -> None:
    court.decide(court.report(), Decision.SUSPEND, days=60)
    [act] = list_rows(ModeratorAct)
    court.exchange.clock.advance(timedelta(days=29))
    court.box.appeals.appeal(court.giver, act.id, note="不公平")
    [case] = court.box.cases.list_open(limit=9)
    court.decide(case.id, Decision.DISMISS, by=court.other)
    assert court.exchange.notices(court.giver) == ["suspended", "appeal_refused"]
    with pytest.raises(Suspended):
        court.exchange.offer(court.giver, ISBNS[1])
    court.decide(court.report(CaseKind.MEMBER, "老舍"), Decision.WARN)
    court.exchange.clock.advance(timedelta(days=30))
    with pytest.raises(MayNotAppeal):
        court.box.appeals.appeal(court.giver, list_rows(ModeratorAct)[-1].id, note="晚了")


def test_a_suspension_taken_back_frees_at_once_and_a_later_one_stays(court: Court) -> None:
    exchange = court.exchange
    court.decide(court.report(CaseKind.MEMBER, "老舍"), Decision.SUSPEND, days=3)
    court.box.appeals.appeal(court.giver, list_rows(ModeratorAct)[-1].id, note="不公平")
    [case] = court.box.cases.list_open(limit=9)
    court.decide(case.id, Decision.REVERSE, by=court.other)
    assert exchange.gift_state(court.gift) == "open"
    exchange.offer(court.giver, ISBNS[1])
    court.decide(court.report(CaseKind.MEMBER, "老舍"), Decision.SUSPEND, days=3)
    court.box.appeals.appeal(court.giver, list_rows(ModeratorAct)[-1].id, note="不公平")
    exchange.clock.advance(timedelta(minutes=1))
    court.decide(court.report(CaseKind.MEMBER, "老舍"), Decision.SUSPEND, days=9)
    [case] = court.box.cases.list_open(limit=9)
    court.decide(case.id, Decision.REVERSE, by=court.other)
    with pytest.raises(Suspended):
        exchange.offer(court.giver, ISBNS[2])


def test_who_was_put_out_appeals_by_the_link_in_the_letter(court: Court) -> None:
    exchange = court.exchange
    court.decide(court.report(CaseKind.MEMBER, "老舍"), Decision.DISABLE)
    tokens = exchange.container.members.account_tokens
    token = tokens.make("appeal", court.giver)
    court.box.appeals.appeal_by_link(token, note="弄错人了")
    with pytest.raises(LinkExpired):
        court.box.appeals.appeal_by_link(token, note="弄错人了")
    with pytest.raises(MayNotAppeal):
        court.box.appeals.appeal_by_link(tokens.make("appeal", court.giver), note="再说一次")
    [case] = court.box.cases.list_open(limit=9)
    court.decide(case.id, Decision.REVERSE, by=court.other)
    assert get_row(User, court.giver).disabled_at is None
    assert [mail.user_id for mail in list_rows(OutboxMail, kind="appeal_granted")] == [court.giver]


def test_the_operator_decides_without_taking_a_case(court: Court) -> None:
    case = court.report()
    court.box.decisions.claim(court.judge, case)
    court.decide(case, Decision.DISMISS, by=None)
    assert court.outcome(case) == (None, "dismiss")


def test_losses_may_stay_stopped(court: Court) -> None:
    exchange = court.exchange
    for number, isbn in enumerate(ISBNS[1:3]):
        reader = exchange.rich(f"读者{number}")
        drift = exchange.mailed(court.giver, reader, isbn)
        exchange.pass_days(15)
        exchange.drifts.claim_lost(reader, drift)
    [case] = court.box.cases.list_open(kind=CaseKind.LOSSES, limit=9)
    assert (case.subject_id, case.member_id) == (court.giver, court.giver)
    court.decide(case.id, Decision.DISMISS)
    assert court.box.cases.list_open(limit=9) == ()
    assert {gift.state for gift in list_rows(Gift, user_id=court.giver)} == {"paused", "launched"}
    with pytest.raises(NotSuspended):
        court.box.sanctions.end_suspension(court.judge, court.giver, reason=WHY)
