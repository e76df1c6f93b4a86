"""A city's daily work from the pages: members report, a moderator takes a case, decides, is appealed against; nobody else has a way in."""

from __future__ import annotations

import pytest
from flask import Flask

from app.models.drift import Drift
from app.models.moderation import ModerationCase
from app.services.exchange.drifts import Ask
from app.services.exchange.gifts import Offer
from tests.support.books import SHELF
from tests.support.exchange import HOME, ISBNS, Exchange
from tests.support.mails import link_in, post_office
from tests.support.members import MadeMember, login, make_member
from tests.support.pages import PageClient, read
from tests.support.rows import get_row, list_rows
from tests.support.visits import mails_to

ENGLISH = {"Accept-Language": "en"}
NOTE = "加<b>微信</b>付钱"


class City:
    """A giver whose gift asks for money, a reader with a request for another, two moderators; each with a browser."""

    def __init__(self, app: Flask, exchange: Exchange) -> None:
        self.app, self.exchange = app, exchange
        self.giver, self.reader = make_member(app, "老舍"), make_member(app, "小满")
        self.browsers: dict[str, PageClient] = {}
        for member in (self.giver, self.reader, make_member(app, "路人")):
            self.log_in(member)
        for name in ("版主", "二版主"):
            self.log_in(make_member(app, name, role="moderator"))
        with app.app_context():
            exchange.offer(self.reader.id, ISBNS[-1])
            self.gift = exchange.offer(self.giver.id, ISBNS[0], Offer(note=NOTE))
            copy = exchange.offer(self.giver.id, ISBNS[1])
            self.drift = exchange.drifts.request(self.reader.id, copy, Ask(recipient=HOME, message="你这个骗子"))

    def log_in(self, member: MadeMember) -> None:
        self.browsers[member.nickname] = PageClient(self.app)
        login(self.browsers[member.nickname].http, member)

    def report(self, who: str, path: str, reason: str, note: str = "") -> None:
        answer = self.browsers[who].post(path, {"reason": reason, "note": note}, on=path)
        assert answer.location == "/my/reports"

    def decide(self, case: int, *, who: str = "版主", status: int = 303, **form: str) -> None:
        browser, path = self.browsers[who], f"/moderation/cases/{case}"
        browser.post(f"{path}/claim", {}, on=path)
        browser.post(f"{path}/decide", {"reason": "看过了", **form}, on=path, status=status)


@pytest.fixture
def city(app: Flask, exchange: Exchange) -> City:
    post_office(app)
    return City(app, exchange)


def test_members_find_the_way_where_the_thing_is(city: City) -> None:
    reader, giver = city.browsers["小满"], city.browsers["老舍"]
    page = reader.get(f"/book/{ISBNS[0]}/detail")
    assert f"/report/gift/{city.gift}" in page.links
    assert f"/report/facts/{ISBNS[0]}" in page.links
    assert f"/report/gift/{city.gift}" not in giver.get(f"/book/{ISBNS[0]}/detail").links, "not one's own"
    assert not [link for link in PageClient(city.app).get(f"/book/{ISBNS[0]}/detail").links if "/report/" in link]
    assert f"/report/message/{city.drift}" in giver.get("/pending").links
    assert any(link.startswith("/report/member/") for link in giver.get("/pending").links)
    assert f"/report/message/{city.drift}" not in reader.get("/pending").links
    page = reader.get(f"/report/gift/{city.gift}")
    assert NOTE in page.text
    assert "要求另外付钱" in page.text
    assert "asking for payment" in reader.get(f"/report/gift/{city.gift}", headers=ENGLISH).text


def test_a_report_wants_a_reason_few_words_and_comes_once(city: City) -> None:
    reader, path = city.browsers["小满"], f"/report/gift/{city.gift}"
    assert "请选一个理由" in reader.post(path, {"note": "x"}, on=path, status=400).text
    reader.post(path, {"reason": "threat"}, on=path, status=400)
    page = reader.post(path, {"reason": "selling", "note": "长" * 201}, on=path, status=400)
    assert "最多 200 个字" in page.text
    city.report("小满", path, "selling", "要我 付钱")
    page = reader.get("/my/reports")
    assert "等版主看" in page.text
    assert "要我 付钱" in page.text
    again = reader.post(
        path, {"reason": "selling"}, on=path, status=409, headers={"Referer": f"http://localhost{path}"}
    )
    assert f"/book/{ISBNS[0]}/detail" in read(again.text).links
    assert "要我 付钱" not in city.browsers["老舍"].get("/my/reports").text


def test_a_case_is_taken_decided_and_told(city: City) -> None:
    city.report("小满", f"/report/gift/{city.gift}", "selling", "要我付钱")
    moderator, other = city.browsers["版主"], city.browsers["二版主"]
    assert "/moderation/cases/1" in moderator.get("/moderation").links
    page = moderator.get("/moderation/cases/1")
    for said in (NOTE, "三体", "老舍", "小满", "要我付钱", "1 位书友说", "还没完成过交换"):
        assert said in page.text
    for hidden in (city.giver.email, city.reader.email, HOME.address, HOME.mobile, HOME.name):
        assert hidden not in page.text
    moderator.post("/moderation/cases/1/claim", {}, on="/moderation/cases/1")
    assert "版主正在看" in other.get("/moderation").text
    assert "还没有决定，就可以接过来" in other.get("/moderation/cases/1").text
    other.post("/moderation/cases/1/decide", {"decision": "dismiss", "reason": "x"}, on="/moderation")
    assert "另一位版主正在看这件事" in other.get("/moderation").text
    assert "/moderation/cases/1" in moderator.get("/moderation?mine=1").links
    assert "/moderation/cases/1" not in other.get("/moderation?mine=1").links
    assert "/moderation/cases/1" not in moderator.get("/moderation?kind=member").links
    city.decide(1, decision="suspend", days="", hide="y")
    assert "1 到 90 之间" in moderator.get("/moderation").text
    city.decide(1, decision="suspend", days="3", hide="y")
    page = moderator.get("/moderation").text
    assert "没有等着决定的事" in page
    assert "隐藏了老舍写的内容（看过了）" in page
    assert "处理过了" in moderator.get("/moderation/cases/1").text
    assert "已经处理" in city.browsers["小满"].get("/my/reports").text
    assert "已经处理" in city.browsers["小满"].get("/notices").text
    assert "/my/reports" in city.browsers["小满"].get("/notices").links
    assert "suspended 老舍" in moderator.get("/moderation", headers=ENGLISH).text


def test_a_decision_is_appealed_against_once_and_another_moderator_looks(city: City) -> None:
    city.report("小满", f"/report/gift/{city.gift}", "selling")
    city.decide(1, decision="hide")
    giver = city.browsers["老舍"]
    page = giver.get("/my/decisions").text
    assert "看过了" in page
    assert "三体" in page
    giver.post("/my/decisions/1/appeal", {"note": ""}, on="/my/decisions")
    assert "请写下为什么" in giver.get("/my/decisions").text
    giver.post("/my/decisions/1/appeal", {"note": "这是我自己的书"}, on="/my/decisions")
    page = giver.get("/my/decisions").text
    assert "申诉过了" in page
    assert "我要申诉" not in page
    giver.post("/my/decisions/1/appeal", {"note": "再说"}, on="/personal/profile", status=409)
    page = city.browsers["二版主"].get("/moderation/cases/2").text
    assert "这是我自己的书" in page
    assert "隐藏了老舍写的内容" in page
    city.decide(2, decision="reverse")
    assert "这件事和你自己有关" in city.browsers["版主"].get("/moderation").text
    city.decide(2, who="二版主", decision="reverse")
    assert "申诉成立" in giver.get("/my/decisions").text
    assert "放回架上" in giver.get("/my/gifts").text


def test_facts_are_mended_on_the_page(city: City) -> None:
    path = f"/report/facts/{ISBNS[2]}"
    city.report("路人", path, "wrong", "作者不对")
    moderator, case = city.browsers["版主"], "/moderation/cases/1"
    moderator.post(f"{case}/claim", {}, on=case)
    form = {"title": "改好的书名", "authors": "甲、乙", "language": "zh", "reason": "照版权页"}
    moderator.post(f"{case}/mend", form | {"reason": ""}, on=case)
    assert "请写下理由" in moderator.get(case).text
    moderator.post(f"{case}/mend", {"title": SHELF[2].title, "reason": "x"}, on=case)
    assert "和原来的一样" in moderator.get(case).text
    moderator.post(f"{case}/mend", form, on=case)
    page = moderator.get(f"/book/{ISBNS[2]}/detail").text
    assert "改好的书名" in page
    assert "甲" in page
    assert "改好了《改好的书名》的资料（照版权页）" in moderator.get("/moderation").text
    assert "nobody" not in city.browsers["路人"].get("/my/reports").text


def test_a_message_is_emptied_and_its_writer_put_out_who_appeals_by_the_letter(city: City) -> None:
    city.report("老舍", f"/report/message/{city.drift}", "rude")
    assert "你这个骗子" in city.browsers["版主"].get("/moderation/cases/1").text
    city.decide(1, decision="disable", hide="y")
    with city.app.app_context():
        assert get_row(Drift, city.drift).message == ""
    assert city.browsers["小满"].http.get("/personal").status_code == 303
    letter = mails_to(city.app, city.reader)[-1]
    path = link_in(letter.text)
    client = PageClient(city.app)
    assert "看过了" in client.get(path).text
    client.post(path, {"note": ""}, on=path, status=200)
    assert "申诉交上去了" in client.post(path, {"note": "不是我写的"}, on=path, status=200).text
    client.get(path, status=410)
    city.decide(2, who="二版主", decision="reverse")
    city.log_in(city.reader)
    assert "申诉成立" in city.browsers["小满"].get("/my/decisions").text


@pytest.mark.parametrize("path", ["/moderation/cases/1", "/moderation?kind=gift"])
def test_members_see_no_case(city: City, path: str) -> None:
    city.report("小满", f"/report/gift/{city.gift}", "selling")
    city.browsers["老舍"].get(path, status=403)
    for act in ("claim", "release", "decide", "mend"):
        city.browsers["老舍"].post(f"/moderation/cases/1/{act}", {}, on="/personal/profile", status=403)
    with city.app.app_context():
        [case] = list_rows(ModerationCase)
        assert (case.is_open, case.claimed_by) == (1, None)


def test_a_moderator_does_not_see_who_reported_them(city: City) -> None:
    city.report("小满", "/report/member/版主", "rude", "小满说的话")
    accused, other = city.browsers["版主"], city.browsers["二版主"]
    assert "小满说的话" in other.get("/moderation/cases/1").text
    assert "/moderation/cases/1" not in accused.get("/moderation").links
    assert "小满" not in accused.get("/moderation/cases/1", status=403).text


def test_no_other_site_can_send_these_forms(city: City) -> None:
    city.report("小满", f"/report/gift/{city.gift}", "selling")
    for who, path in (
        ("路人", f"/report/gift/{city.gift}"),
        ("老舍", "/my/decisions/1/appeal"),
        *(("版主", f"/moderation/cases/1/{act}") for act in ("claim", "release", "decide", "mend")),
    ):
        form = {"reason": "selling", "decision": "dismiss", "note": "x"}
        assert city.browsers[who].http.post(path, data=form).status_code == 400, path


@pytest.mark.parametrize(
    "path", ["/report/message/1", "/report/gift/999", "/report/member/没有这个人", "/report/facts/9787020000012"]
)
def test_what_is_not_there_or_not_theirs_cannot_be_reported(city: City, path: str) -> None:
    city.browsers["路人"].get(path, status=404)


def test_a_case_that_is_not_there_has_a_page_that_says_so(city: City) -> None:
    city.browsers["版主"].get("/moderation/cases/99", status=404)
    city.browsers["版主"].get("/moderation?kind=nonsense&page=x")


def test_the_operator_lists_and_decides_from_the_terminal(city: City) -> None:
    city.report("小满", f"/report/gift/{city.gift}", "selling")
    run = city.app.test_cli_runner().invoke
    assert "gift      selling     三体 / 老舍" in run(args=["moderation", "list", "--kind", "gift"]).output
    assert run(args=["moderation", "list", "--kind", "dispute"]).output == ""
    done = run(args=["moderation", "decide", "1", "hide", "--reason", "看过了"])
    assert done.output == "case 1 is closed: hide\n"
    assert "no such case" in run(args=["moderation", "decide", "1", "hide", "--reason", "x"]).output
