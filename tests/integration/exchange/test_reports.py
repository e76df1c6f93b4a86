"""Members report: what they can see, once, ten times a day; what is told about one subject is one case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.gift import NotConfirmed
from app.domain.holiday import Days
from app.domain.moderation import Suspended
from app.domain.report import AlreadyReported, CaseKind, OwnSubject, Reason, SubjectGone, TooManyReports
from app.domain.work_decision import NotOneWork
from app.models.moderation import ModerationCase, Report
from app.services.exchange.drifts import Ask
from app.services.exchange.gifts import Offer
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.rows import count_rows, list_rows

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def report(
    exchange: Exchange, member: int, kind: CaseKind, key: object, reason: Reason = Reason.OTHER, *, note: str = ""
) -> None:
    exchange.container.moderation.reports.report(member, kind, str(key), reason, note=note)


def urgency(exchange: Exchange) -> list[tuple[str, str]]:
    return [(case.kind, case.reason) for case in exchange.container.moderation.cases.list_open(limit=99)]


def test_each_kind_of_subject_becomes_a_case_with_what_was_written(exchange: Exchange) -> None:
    giver, reader, stranger = exchange.member("老舍"), exchange.rich("小满"), exchange.member("路人")
    gift = exchange.offer(giver, ISBNS[0], Offer(note="加微信付钱"))
    drift = exchange.drifts.request(reader, exchange.offer(giver, ISBNS[1]), Ask(recipient=None, message="你这个骗子"))
    report(exchange, stranger, CaseKind.GIFT, gift, Reason.SELLING, note="要我付钱")
    report(exchange, giver, CaseKind.MESSAGE, drift, Reason.RUDE)
    report(exchange, stranger, CaseKind.MEMBER, " 老舍 ", Reason.FRAUD)
    report(exchange, stranger, CaseKind.FACTS, ISBNS[2], Reason.WRONG, note="作者不对")
    kept = [(case.kind, case.subject_id, case.isbn13, case.member_id, case.quote) for case in list_rows(ModerationCase)]
    assert kept == [
        ("gift", gift, ISBNS[0], giver, "加微信付钱"),
        ("message", drift, ISBNS[1], reader, "你这个骗子"),
        ("member", giver, "", giver, ""),
        ("facts", 0, ISBNS[2], None, ""),
    ]
    said = [(row.user_id, row.reason, row.note) for row in list_rows(Report)]
    assert said[0] == (stranger, "selling", "要我付钱")
    assert said[3] == (stranger, "wrong", "作者不对")


def test_a_gift_that_rests_for_a_holiday_can_be_reported_as_its_page_offers(exchange: Exchange) -> None:
    giver, stranger = exchange.member("老舍"), exchange.member("路人")
    gift = exchange.offer(giver, ISBNS[0])
    today = exchange.clock.now().date()
    exchange.container.exchange.holidays.take(giver, Days(today, today + 5 * DAY))
    assert exchange.gift_state(gift) == "paused"
    report(exchange, stranger, CaseKind.GIFT, gift, Reason.SELLING)
    assert urgency(exchange) == [("gift", "selling")]


def test_the_list_is_in_the_order_of_reason_and_age_whatever_the_number(exchange: Exchange) -> None:
    giver = exchange.member("老舍")
    first, second = exchange.offer(giver, ISBNS[0]), exchange.offer(giver, ISBNS[1])
    crowd = [exchange.member(f"路人{n}") for n in range(5)]
    report(exchange, crowd[0], CaseKind.FACTS, ISBNS[0], Reason.WRONG)
    report(exchange, crowd[0], CaseKind.GIFT, first, Reason.NOT_HAD)
    for member in crowd:
        report(exchange, member, CaseKind.GIFT, second, Reason.NOT_HAD)
    assert [case.subject_id for case in exchange.container.moderation.cases.list_open(limit=9)] == [first, second, 0]
    exchange.pass_days(2)
    report(exchange, crowd[1], CaseKind.MEMBER, "老舍", Reason.SELLING)
    assert urgency(exchange)[0] == ("member", "selling"), "three days from now come before five"
    exchange.pass_days(4)
    report(exchange, crowd[2], CaseKind.MEMBER, "路人3", Reason.SELLING)
    assert urgency(exchange)[:3] == [("member", "selling"), ("gift", "not had"), ("gift", "not had")]
    report(exchange, crowd[3], CaseKind.FACTS, ISBNS[0], Reason.RUDE)
    assert ("facts", "rude") in urgency(exchange), "a more urgent reason moves a case forward"


def test_one_reports_a_subject_once_while_it_is_open(exchange: Exchange) -> None:
    gift, member = exchange.offer(exchange.member("老舍")), exchange.member("小满")
    report(exchange, member, CaseKind.GIFT, gift)
    with pytest.raises(AlreadyReported):
        report(exchange, member, CaseKind.GIFT, gift, Reason.SELLING)
    assert (count_rows(ModerationCase), count_rows(Report)) == (1, 1)
    assert list_rows(ModerationCase)[0].reason == "other", "the second word leaves no trace"


def test_ten_reports_a_day_are_enough(exchange: Exchange) -> None:
    member = exchange.member("小满")
    for n in range(10):
        exchange.member(f"路人{n}")
        report(exchange, member, CaseKind.MEMBER, f"路人{n}")
    exchange.member("再一位")
    with pytest.raises(TooManyReports):
        report(exchange, member, CaseKind.MEMBER, "再一位")
    with pytest.raises(TooManyReports):
        exchange.container.moderation.reports.report_editions(member, ISBNS[0], ISBNS[1])
    exchange.pass_days(1)
    report(exchange, member, CaseKind.MEMBER, "再一位")


def test_an_appeal_is_none_of_the_ten(exchange: Exchange) -> None:
    member, moderation = exchange.member("小满"), exchange.container.moderation
    act = moderation.sanctions.warn(None, member, reason="请好好说话")
    moderation.appeals.appeal(member, act, note="不是我说的")
    for n in range(10):
        exchange.member(f"路人{n}")
        report(exchange, member, CaseKind.MEMBER, f"路人{n}")


def test_nobody_reports_what_they_cannot_see(exchange: Exchange) -> None:
    giver, reader, stranger = exchange.member("老舍"), exchange.rich("小满"), exchange.member("路人")
    gift = exchange.offer(giver, ISBNS[0])
    drift = exchange.drifts.request(reader, exchange.offer(giver, ISBNS[1]), AT_HOME)
    silent = exchange.drifts.request(exchange.rich("不说话的"), exchange.offer(giver, ISBNS[2]), Ask(recipient=None))
    exchange.gifts.withdraw(giver, gift)
    exchange.leave(exchange.member("走了的"))
    for member, kind, key in (
        (stranger, CaseKind.GIFT, gift),
        (stranger, CaseKind.GIFT, 999),
        (stranger, CaseKind.GIFT, "１"),
        (stranger, CaseKind.GIFT, "9" * 40),
        (stranger, CaseKind.GIFT, "x"),
        (stranger, CaseKind.MESSAGE, drift),
        (reader, CaseKind.MESSAGE, drift),
        (giver, CaseKind.MESSAGE, silent),
        (stranger, CaseKind.MEMBER, "没有这个人"),
        (stranger, CaseKind.MEMBER, "走了的"),
        (stranger, CaseKind.MEMBER, ""),
        (stranger, CaseKind.FACTS, "9787020000012"),
        (stranger, CaseKind.EDITIONS, ISBNS[0]),
        (stranger, CaseKind.LOSSES, giver),
    ):
        with pytest.raises(SubjectGone):
            exchange.container.moderation.reports.get_subject(member, kind, str(key))
    with pytest.raises(SubjectGone):
        report(exchange, stranger, CaseKind.FACTS, ISBNS[0], Reason.THREAT)
    assert count_rows(ModerationCase) == 0


def test_nobody_reports_their_own_by_whichever_account(exchange: Exchange) -> None:
    old = exchange.join("旧号", "one@example.com")
    gift = exchange.offer(old)
    exchange.move(old, "away@example.com")
    new = exchange.join("新号", "one@example.com")
    for member, kind, key in (
        (old, CaseKind.GIFT, gift),
        (new, CaseKind.GIFT, gift),
        (old, CaseKind.MEMBER, "旧号"),
        (new, CaseKind.MEMBER, "旧号"),
    ):
        with pytest.raises(OwnSubject):
            report(exchange, member, kind, key)


def test_who_is_suspended_or_unconfirmed_reports_nothing(exchange: Exchange) -> None:
    exchange.member("老舍")
    member, new = exchange.member("小满"), exchange.member("新来的", is_confirmed=False)
    exchange.container.moderation.sanctions.suspend(None, member, 7, reason="乱举报")
    with pytest.raises(Suspended):
        report(exchange, member, CaseKind.MEMBER, "老舍")
    with pytest.raises(Suspended):
        exchange.container.moderation.reports.report_editions(member, ISBNS[0], ISBNS[1])
    with pytest.raises(NotConfirmed):
        report(exchange, new, CaseKind.MEMBER, "老舍")
    with pytest.raises(NotOneWork):
        exchange.container.moderation.reports.report_editions(exchange.member("路人"), ISBNS[0], ISBNS[-1])


def test_moderators_are_told_at_once_of_what_is_urgent_and_once(exchange: Exchange) -> None:
    moderator = exchange.member("版主", role="moderator")
    exchange.member("老舍")
    one, two = exchange.member("小满"), exchange.member("路人")
    report(exchange, one, CaseKind.MEMBER, "老舍", Reason.NAME)
    assert exchange.notices(moderator) == []
    exchange.clock.advance(MINUTE)
    report(exchange, two, CaseKind.MEMBER, "老舍", Reason.THREAT)
    assert exchange.notices(moderator) == ["moderate_report"]
    exchange.clock.advance(MINUTE)
    report(exchange, exchange.member("又一位"), CaseKind.MEMBER, "老舍", Reason.THREAT)
    assert exchange.notices(moderator) == ["moderate_report"]


def test_who_leaves_takes_their_words_along_and_cases_about_them_close(exchange: Exchange) -> None:
    giver, reporter = exchange.member("老舍"), exchange.member("小满")
    gift = exchange.offer(giver, ISBNS[0], Offer(note="加微信"))
    report(exchange, reporter, CaseKind.GIFT, gift, Reason.SELLING, note="他住我家隔壁")
    report(exchange, reporter, CaseKind.FACTS, ISBNS[2], Reason.WRONG, note="写错了")
    exchange.leave(reporter)
    assert [row.note for row in list_rows(Report)] == ["", ""]
    assert [case.is_open for case in list_rows(ModerationCase)] == [1, 1], "what they told of is still looked at"
    [said] = exchange.container.moderation.cases.list_reports(1, limit=9)
    assert (said.member, said.reason) == ("", Reason.SELLING)
    exchange.leave(giver)
    about = list_rows(ModerationCase)[0]
    assert (about.is_open, about.quote, about.outcome) == (None, "", "")


def test_who_reported_hears_when_the_member_leaves(exchange: Exchange) -> None:
    giver, reporter = exchange.member("老舍"), exchange.member("小满")
    report(exchange, reporter, CaseKind.GIFT, exchange.offer(giver))
    exchange.leave(giver)
    assert exchange.notices(reporter) == ["report_closed"]


def test_the_words_of_a_closed_case_are_erased_in_time(exchange: Exchange) -> None:
    giver, reporter = exchange.member("老舍"), exchange.member("小满")
    gift = exchange.offer(giver, ISBNS[0], Offer(note="加微信"))
    report(exchange, reporter, CaseKind.GIFT, gift, Reason.SELLING, note="要我付钱")
    exchange.container.core.clock = exchange.clock
    job = next(job for job in exchange.container.operations.scheduler.jobs if job.name == "erase what was reported")
    exchange.clock.advance(DAY * 200)
    assert job.run() == 0, "an open case keeps its words"
    exchange.leave(giver)
    exchange.clock.advance(DAY * 89)
    assert job.run() == 0
    exchange.clock.advance(DAY * 2)
    assert job.run() == 1
    assert (list_rows(ModerationCase)[0].quote, list_rows(Report)[0].note) == ("", "")
    assert job.run() == 0
