"""Pages about works: a member reports two editions, moderators merge, part and take back, and nobody else has a way in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.domain.book import BY_MEMBER
from app.domain.isbn import hyphenate, to_isbn10
from app.models.book import WorkDecision
from app.models.drift import ModeratorAct
from app.models.moderation import ModerationCase, Report
from tests.support.books import FIGHT_CLUB, SANTI, SANTI_2, SANTI_TAIWAN, stock
from tests.support.members import MadeMember, login, make_member
from tests.support.pages import PageClient, read
from tests.support.rows import list_rows

ONE, TWO, SEQUEL = SANTI.isbn13, SANTI_TAIWAN.isbn13, SANTI_2.isbn13
REPORT = f"/book/{ONE}/not-same/{TWO}"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def site(app: Flask) -> Flask:
    stock(app)
    return app


@pytest.fixture
def member(site: Flask) -> MadeMember:
    return make_member(site, "林小满")


@pytest.fixture
def reader(site: Flask, member: MadeMember) -> PageClient:
    return logged_in(site, member)


@pytest.fixture
def moderator(site: Flask) -> PageClient:
    return logged_in(site, make_member(site, "版主", role="moderator"))


def logged_in(app: Flask, member: MadeMember) -> PageClient:
    client = PageClient(app)
    login(client.http, member)
    return client


CASE = "/moderation/cases/1"


def reports(app: Flask) -> list[tuple[str, str, str, int | None]]:
    with app.app_context():
        cases = {case.id: case for case in list_rows(ModerationCase)}
        said = [(row.note, cases[row.case_id]) for row in list_rows(Report)]
        return [(case.isbn13, case.other_isbn13, note, case.is_open) for note, case in said]


def take(moderator: PageClient) -> None:
    moderator.post(f"{CASE}/claim", {}, on=CASE)


def works_of(app: Flask, *isbns: str) -> int:
    """Return how many works these books are."""
    with app.app_context():
        books = app.extensions["container"].catalogue.books.find_many(isbns)
        return len({book.work_id for book in books})


def acts(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(row.kind, row.reason) for row in list_rows(ModeratorAct)]


def refused(client: PageClient, path: str, form: dict[str, str], on: str = "/moderation") -> str:
    """Send a form that is refused, and return the page that says so, in which it stands as it was filled in."""
    token = next(one["fields"]["csrf_token"] for one in client.get(on).forms if "csrf_token" in one["fields"])
    answer = client.http.post(path, data={"csrf_token": token, **form})
    assert answer.status_code in {400, 404, 409, 422}, answer.status_code
    page = read(answer.text)
    assert not page.faults()
    [kept] = [one for one in page.forms if one["action"] == path]
    assert {"reason", *form} <= kept["fields"].keys()
    assert {name: kept["fields"][name] for name in form if name != "kind"} == {
        name: value for name, value in form.items() if name != "kind"
    }
    return page.text


def test_members_find_the_way_to_report_at_each_edition_and_visitors_none(site: Flask, reader: PageClient) -> None:
    assert REPORT in reader.get(f"/book/{ONE}/detail").links
    page = PageClient(site).get(f"/book/{ONE}/detail")
    assert REPORT not in page.links
    assert "版主：合并与拆分" not in page.text
    assert "版主：合并与拆分" not in reader.get(f"/book/{ONE}/detail").text


def test_a_report_is_shown_to_moderators_with_both_books_and_the_edition_is_taken_out(
    site: Flask, reader: PageClient, moderator: PageClient
) -> None:
    assert "Not the same book?" in reader.get(REPORT, headers=ENGLISH).text
    answer = reader.post(REPORT, {"note": " 少了 一章 "}, on=REPORT)
    assert answer.location == f"/book/{ONE}/detail"
    assert reports(site) == [(ONE, TWO, "少了 一章", 1)]
    assert CASE in moderator.get("/moderation").links
    page = moderator.get(CASE).text
    for said in ("三体", "三體", "重庆出版社", "貓頭鷹", "2008", "302 页", "林小满", "少了 一章"):
        assert said in page
    take(moderator)
    moderator.post(f"{CASE}/decide", {"part": TWO, "reason": "看过了"}, on=CASE)
    page = moderator.get("/moderation").text
    assert "没有等着决定的事" in page
    assert "把《三體》的一个版本拆了出来（看过了）" in page
    assert works_of(site, ONE, TWO) == 2
    assert reports(site) == [(ONE, TWO, "少了 一章", None)]
    assert REPORT not in reader.get(f"/book/{ONE}/detail").links


def test_a_report_is_closed_with_both_left_together_and_may_be_made_again(
    site: Flask, reader: PageClient, moderator: PageClient
) -> None:
    reader.post(REPORT, {"note": ""}, on=REPORT)
    other = logged_in(site, make_member(site, "也这么看"))
    other.post(REPORT, {"note": "我也觉得"}, on=REPORT)
    reader.post(f"/book/{TWO}/not-same/{ONE}", {"note": "又一次"}, on=REPORT, status=409)
    assert [row[3] for row in reports(site)] == [1, 1]
    take(moderator)
    assert moderator.get(CASE).text.count("拆出 ") == 2, "one pair, two buttons"
    moderator.post(f"{CASE}/decide", {"decision": "dismiss", "reason": ""}, on=CASE)
    assert "请写下理由" in moderator.get(CASE).text
    moderator.post(f"{CASE}/decide", {"part": SEQUEL, "reason": "x"}, on=CASE)
    assert "不能这样决定" in moderator.get(CASE).text
    moderator.post(f"{CASE}/decide", {"decision": "dismiss", "reason": "只是重印"}, on=CASE)
    assert [row[3] for row in reports(site)] == [None, None]
    assert acts(site) == [("keep together", "只是重印")]
    answer = moderator.post(f"{CASE}/decide", {"decision": "dismiss", "reason": "x"}, on="/moderation", status=404)
    assert "已经处理过了" in answer.text
    assert "没有需要处理的" in reader.get("/my/reports").text
    reader.post(REPORT, {"note": "还是觉得"}, on=REPORT)
    assert [row[3] for row in reports(site)] == [None, None, 1]


@pytest.mark.parametrize("other", [ONE, SEQUEL, FIGHT_CLUB.isbn13, "9787020000012", "nonsense"])
def test_a_report_names_only_books_that_count_as_one(site: Flask, reader: PageClient, other: str) -> None:
    path = f"/book/{ONE}/not-same/{other}"
    reader.get(path, status=404)
    reader.post(path, {"note": "x"}, on=REPORT, status=404)
    assert reports(site) == []


def test_a_report_takes_any_number_of_the_two_books(site: Flask, reader: PageClient) -> None:
    assert to_isbn10(ONE)
    path = f"/book/{to_isbn10(ONE)}/not-same/{hyphenate(TWO)}"
    assert ONE in reader.get(path).text
    assert reader.post(path, {"note": "x"}, on=path).location == f"/book/{ONE}/detail"
    assert [row[:2] for row in reports(site)] == [(ONE, TWO)]
    reader.get(f"/book/{ONE}/not-same/{to_isbn10(ONE)}", status=404)


@pytest.mark.parametrize(
    ("isbn", "said"),
    [("123", "ISBN 不对：123"), ("7020000010", "没有 ISBN 为 9787020000012 的书"), ("9.78754E+12", "电子表格")],
)
def test_an_edition_to_take_out_is_named_by_its_number(
    site: Flask, moderator: PageClient, isbn: str, said: str
) -> None:
    assert said in refused(moderator, f"/moderation/works/part/{isbn}", {"reason": "x"})
    assert acts(site) == []


def test_a_moderator_may_take_out_an_edition_by_its_older_number(site: Flask, moderator: PageClient) -> None:
    path = f"/moderation/works/part/{to_isbn10(TWO)}"
    assert moderator.post(path, {"reason": "x"}, on="/moderation").location == f"/book/{TWO}/detail"


def test_a_long_report_is_refused(reader: PageClient) -> None:
    page = reader.post(REPORT, {"note": "长" * 201}, on=REPORT, status=400)
    assert "最多 200 个字" in page.text
    reader.post(REPORT, {"note": "长" * 200}, on=REPORT)


def test_a_report_goes_with_the_account_and_is_part_of_the_export(
    site: Flask, member: MadeMember, reader: PageClient, moderator: PageClient
) -> None:
    reader.post(REPORT, {"note": "少了一章"}, on=REPORT)
    with site.app_context():
        box = site.extensions["container"]
        [row] = next(table for table in box.operations.export._tables if table.name == "reports").rows(member.id)
        assert (row["isbn13"], row["other_isbn13"], row["note"]) == (ONE, TWO, "少了一章")
        box.members.leaving.delete(member.id)
    assert reports(site) == [(ONE, TWO, "", 1)]
    page = moderator.get(CASE).text
    assert "一位已离开的书友" in page
    assert "林小满" not in page


def test_moderators_merge_two_works_see_it_and_take_it_back(site: Flask, moderator: PageClient) -> None:
    assert "还没有这样的决定" in moderator.get("/moderation/works").text
    form = {"kind": "merge", "isbn": "978-7-5366-9293-0", "other": SEQUEL, "reason": "第一部也叫这个"}
    assert moderator.post("/moderation/works", form, on="/moderation").location == f"/book/{ONE}/detail"
    page = moderator.get(f"/book/{ONE}/detail")
    assert f"/book/{SEQUEL}/detail" in page.links
    assert f"/book/{TWO}/detail" in moderator.get(f"/book/{SEQUEL}/detail").links
    page = moderator.get("/moderation/works").text
    assert "第一部也叫这个" in page
    assert "merge" not in page
    assert "Merged · 三体" in moderator.get("/moderation/works", headers=ENGLISH).text
    assert "请写下理由" in refused(moderator, "/moderation/works/1/undo", {"reason": ""}, on="/moderation/works")
    assert works_of(site, ONE, SEQUEL) == 1
    moderator.post("/moderation/works/1/undo", {"reason": "看错了"}, on="/moderation/works")
    page = moderator.get("/moderation/works").text
    assert "已撤销" in page
    assert "撤销这个决定" not in page
    assert works_of(site, ONE, SEQUEL) == 2
    assert "之前已经做过了" in refused(moderator, "/moderation/works/1/undo", {"reason": "看错了"})
    assert acts(site) == [("merge works", "第一部也叫这个"), ("undo decision", "看错了")]


def test_moderators_take_out_and_put_an_edition_on_its_page(site: Flask, moderator: PageClient) -> None:
    on = f"/book/{TWO}/detail"
    assert "把这个版本拆出来" in moderator.get(on).text
    moderator.post(f"/moderation/works/part/{TWO}", {"reason": "另一个译本"}, on=on)
    page = moderator.get(on).text
    assert "决定已经记下" in page
    assert "把这个版本拆出来" not in page
    moderator.post("/moderation/works", {"kind": "put", "isbn": TWO, "other": SEQUEL, "reason": "x"}, on=on)
    assert (works_of(site, TWO, SEQUEL), works_of(site, ONE, TWO)) == (1, 2)


@pytest.mark.parametrize(
    ("isbn", "other", "said"),
    [
        (ONE, "9787020000012", "没有 ISBN 为 9787020000012 的书"),
        (ONE, "9787536692931", "这个 ISBN 不对"),
        (ONE, "", "请写下封底的 ISBN"),
        (ONE, TWO, "已经算是同一本书了"),
        (ONE, ONE, "已经算是同一本书了"),
        (ONE, FIGHT_CLUB.isbn13, "语言不同"),
        (ONE, "9787020000029", "一个是纸书，一个是有声书"),
    ],
)
def test_mistakes_are_said(site: Flask, moderator: PageClient, isbn: str, other: str, said: str) -> None:
    stock(site, [replace(SANTI, isbn13="9787020000029", title="球状闪电", binding="Audio CD")])
    for kind in ("merge", "put"):
        form = {"kind": kind, "isbn": isbn, "other": other, "reason": "x"}
        assert said in refused(moderator, "/moderation/works", form)
    with site.app_context():
        assert list_rows(WorkDecision) == []


def test_members_have_no_way_to_move_a_book(site: Flask, reader: PageClient) -> None:
    """Not even one that they wrote down themselves, and that has the title of another."""
    own = replace(SANTI, isbn13="9787020000036", source=BY_MEMBER)
    stock(site, [own])
    assert works_of(site, ONE, own.isbn13) == 2
    form = {"kind": "merge", "isbn": own.isbn13, "other": ONE, "reason": "同一本"}
    reader.post("/moderation/works", form, on="/personal", status=403)
    reader.post("/moderation/works", form | {"kind": "put"}, on="/personal", status=403)
    reader.post(f"/moderation/works/part/{TWO}", {"reason": "x"}, on="/personal", status=403)
    reader.post("/moderation/works/1/undo", {"reason": "x"}, on="/personal", status=403)
    reader.post(f"{CASE}/decide", {"part": TWO, "reason": "x"}, on="/personal", status=403)
    reader.get("/moderation/works", status=403)
    reader.get(f"/book/{ONE}/not-same/{own.isbn13}", status=404)
    assert (works_of(site, ONE, own.isbn13), works_of(site, ONE, TWO)) == (2, 1)
    assert acts(site) == []


def test_moderators_see_short_editions_and_take_out_or_call_whole(site: Flask, moderator: PageClient) -> None:
    assert "没有这样的版本" in moderator.get("/moderation/short-editions").text
    assert "No such editions" in moderator.get("/moderation/short-editions", headers=ENGLISH).text
    isbns = ("9787020000012", "9787020000029", "9787020000036", "9787020000043", "9787020000050")
    pages = ("300", "310", "320", "100", "90")
    stock(site, [replace(SANTI, isbn13=isbn, pages=told) for isbn, told in zip(isbns, pages, strict=True)])
    with site.app_context():
        site.extensions["container"].catalogue.short_edition_listing.look_at_all()
    assert "/moderation/short-editions" in moderator.get("/moderation").links
    page = moderator.get("/moderation/short-editions")
    assert "100 页，各版本的中位数是 301 页" in page.text
    assert f"/book/{isbns[3]}/detail#works" in page.links
    path = f"/moderation/short-editions/{isbns[3]}"
    assert "请写下理由" in refused(moderator, path, {"reason": ""}, on="/moderation/short-editions")
    assert "100 页" in moderator.get("/moderation/short-editions").text
    suspected = moderator.get(f"/book/{isbns[3]}/detail").text.count("可能只是其中一册")
    moderator.post(path, {"reason": "字小"}, on="/moderation/short-editions")
    page = moderator.get("/moderation/short-editions")
    assert "决定已经记下" in page.text
    assert "100 页" not in page.text
    assert "90 页" in page.text
    assert moderator.get(f"/book/{isbns[3]}/detail").text.count("可能只是其中一册") == suspected - 1
    part = next(form for form in page.forms if form["action"].endswith(isbns[4]))
    assert part
    moderator.post(f"/moderation/works/part/{isbns[4]}", {"reason": "只是一册"}, on="/moderation/short-editions")
    assert "没有这样的版本" in moderator.get("/moderation/short-editions").text
    assert acts(site) == [("whole edition", "字小"), ("part edition", "只是一册")]
    assert "Whole · 三体" in moderator.get("/moderation/works", headers=ENGLISH).text
    assert "的一个版本是完整的一本（字小）" in moderator.get("/moderation").text
    moderator.post("/moderation/works/1/undo", {"reason": "还是少"}, on="/moderation/works")
    assert "100 pages; the median edition has 3" in moderator.get("/moderation/short-editions", headers=ENGLISH).text
    moderator.get("/moderation/short-editions?page=2", status=404)


@pytest.mark.parametrize("reason", ["\u200b", "\u2060 \ufe0f", "\u3164\u00ad"])
@pytest.mark.parametrize("path", ["/moderation/works", f"/moderation/works/part/{TWO}", "/moderation/works/1/undo"])
def test_a_reason_that_nobody_can_see_is_none(site: Flask, moderator: PageClient, path: str, reason: str) -> None:
    form = {"kind": "merge", "isbn": ONE, "other": SEQUEL} if path.endswith("works") else {}
    assert "请写下理由" in refused(moderator, path, form | {"reason": reason})
    assert acts(site) == []


@pytest.mark.parametrize(
    "path",
    ["/moderation/works", f"/moderation/works/part/{TWO}", "/moderation/works/1/undo", "/moderation/cases/1/decide", f"/moderation/short-editions/{TWO}", "/drift/1/decide", "/wish/1/scope"],
)  # fmt: skip
def test_who_is_not_logged_in_and_sends_a_form_of_members_is_led_to_log_in(site: Flask, path: str) -> None:
    answer = PageClient(site).http.post(path, data={"reason": "x"})
    assert answer.status_code == 401
    assert "/login" in read(answer.text).links
    assert "放得太久" not in answer.text


def test_a_refused_decision_leads_back_to_where_it_was_made(moderator: PageClient) -> None:
    for path, at in (
        ("/moderation/works", "/moderation/works"),
        ("/moderation/works/9/undo", "/moderation/works"),
    ):
        page = read(moderator.post(path, {"reason": ""}, on="/moderation", status=400).text)
        assert at in page.links
        came_from = {"Referer": f"http://localhost/book/{ONE}/detail"}
        page = read(moderator.post(path, {"reason": ""}, on="/moderation", status=400, headers=came_from).text)
        assert f"/book/{ONE}/detail" in page.links


@pytest.mark.parametrize(
    "path", ["/moderation/works", f"/moderation/works/part/{TWO}", "/moderation/works/1/undo", f"{CASE}/decide"]
)
def test_no_other_site_can_send_a_moderators_form(site: Flask, moderator: PageClient, path: str) -> None:
    form = {"kind": "merge", "isbn": ONE, "other": SEQUEL, "reason": "x", "part": TWO}
    assert moderator.http.post(path, data=form).status_code == 400
    assert (works_of(site, ONE, SEQUEL), works_of(site, ONE, TWO)) == (2, 1)


def test_who_is_not_logged_in_reports_nothing(site: Flask) -> None:
    client = PageClient(site)
    assert client.http.get(REPORT).location == "/login"
    assert client.http.post(REPORT, data={"note": "x"}).status_code in {400, 401}
    assert reports(site) == []
