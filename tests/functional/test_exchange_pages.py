"""The exchange's pages, as scripts and people use them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.domain.beans import MINT
from app.extensions import db
from app.models.book import Work
from app.models.message import Notice
from tests.support.books import SANTI, SANTI_2, SANTI_TAIWAN, SOLEDAD, SOLITUDE
from tests.support.exchange import ISBNS, SHELF, Exchange
from tests.support.exchange_pages import BY_POST, ask_for_book, offer_book
from tests.support.members import MadeMember, login, make_member
from tests.support.pages import Page, PageClient, read


@pytest.fixture
def lao_she(app: Flask, exchange: Exchange) -> MadeMember:
    return make_member(app, "老舍")


@pytest.fixture
def giver(app: Flask, lao_she: MadeMember) -> PageClient:
    client = PageClient(app)
    login(client.http, lao_she)
    return client


@pytest.fixture
def reader(app: Flask, exchange: Exchange) -> PageClient:
    client = PageClient(app)
    login(client.http, make_member(app, "小满"))
    client.post(f"/gifts/book/{ISBNS[-2]}", on="/personal")
    return client


def actions(page: Page, start: str = "/drift/") -> list[str]:
    return [form["action"] for form in page.forms if form.get("action", "").startswith(start)]


def offered(giver: PageClient) -> int:
    return offer_book(giver, postage="receiver", note="扉页有签名")


def requested(giver: PageClient, reader: PageClient) -> int:
    return ask_for_book(reader, offered(giver))


def test_an_offer_says_what_it_earned_though_a_debt_took_it(app: Flask, exchange: Exchange) -> None:
    debtor = make_member(app, "巴金")
    client = PageClient(app)
    login(client.http, debtor)
    with app.app_context(), db.auto_commit():
        exchange.container.exchange.ledger.owe(debtor.id, MINT, "drift:0")
    client.post(f"/gifts/book/{ISBNS[0]}")
    assert "得到 1 个鱼豆" in client.get("/my/gifts").text


def test_a_whole_story_through_the_pages(exchange: Exchange, giver: PageClient, reader: PageClient) -> None:
    reader.post(f"/wish/book/{ISBNS[0]}", on="/personal")
    gift = offered(giver)
    book = giver.get(f"/book/{ISBNS[0]}/detail")
    assert "小满" in book.text
    (wish,) = (action for action in actions(book, "/satisfy/wish/"))
    giver.post(wish, on=f"/book/{ISBNS[0]}/detail")
    assert "老舍有一本《三体》" in reader.get("/notices").text
    assert "收书的人出邮费" in reader.get(f"/drift/{gift}").text
    drift = f"/drift/{ask_for_book(reader, gift)}"
    assert f"{drift}/withdraw" in actions(reader.get("/pending"))
    mine = giver.get("/pending")
    assert {f"{drift}/address", f"{drift}/mailed", f"{drift}/reject"} == set(actions(mine))
    assert "还有 14 天" in mine.text
    shown = giver.post(f"{drift}/address", on="/personal", status=200)
    assert "草堂路三十七号" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    giver.post(f"{drift}/mailed", {"carrier": "邮政", "tracking": "RR1"}, on="/personal")
    assert "RR1" in reader.get("/pending").text
    reader.post(f"{drift}/received", on="/personal")
    assert "已收到" in reader.get("/pending").text
    assert "送出的书到了" in giver.get("/my/beans").text
    assert "请求一本书" in reader.get("/my/beans").text
    assert "实现了" in reader.get("/my/wish").text
    assert "已送出" in giver.get("/my/gifts").text
    assert "看了地址" in reader.get("/pending").text


def test_a_repeat_leads_back_to_pending_and_changes_nothing(
    exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    drift = f"/drift/{requested(giver, reader)}"
    giver.post(f"{drift}/mailed", on="/personal")
    for _ in range(2):
        assert giver.post(f"{drift}/mailed", on="/personal").location == "/pending"
    assert "之前已经做过了" in giver.get("/pending").text
    assert reader.post(f"{drift}/received", on="/personal").location == "/pending"
    assert reader.post(f"{drift}/received", on="/personal").location == "/pending"


def test_the_wrong_party_and_state_get_409_and_a_stranger_404(
    app: Flask, exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    gift = offered(giver)
    drift = f"/drift/{ask_for_book(reader, gift)}"
    assert "另一方" in reader.post(f"{drift}/mailed", on="/personal", status=409).text
    assert "等待回复" in reader.post(f"{drift}/received", on="/personal", status=409).text
    stranger = PageClient(app)
    login(stranger.http, make_member(app, "stranger"))
    for act in ("reject", "withdraw", "mailed", "received", "lost", "returned", "delay", "address"):
        stranger.post(f"{drift}/{act}", on="/personal", status=404)
        assert reader.http.get(f"{drift}/{act}").status_code == 405
    stranger.post(f"/gifts/{gift}/withdraw", on="/personal", status=404)
    stranger.post(f"{drift}/decide", {"decision": "received", "reason": "x"}, on="/personal", status=403)


def test_a_form_with_faults_says_each_and_asks_nothing(
    exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    gift = offered(giver)
    answer = reader.post(f"/drift/{gift}", {"recipient_name": "林", "mobile": "123", "address": "短"}, status=200)
    for fault in ("收件人要 2 到 20 个字", "手机号要 11 位", "地址要 10 到 100 个字"):
        assert fault in answer.text
    ask_for_book(reader, gift, {"handover": "y", "message": "图书馆见"})
    assert "当面交接" in reader.get("/pending").text


def test_a_saved_address_fills_the_next_form_and_can_be_forgotten(
    exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    gift = offered(giver)
    drift = ask_for_book(reader, gift, {**BY_POST, "remember": "y"})
    reader.post(f"/drift/{drift}/withdraw", on="/personal")
    again = reader.get(f"/drift/{gift}")
    assert any(field.get("value") == "林小满" for field in again.fields)
    reader.post("/my/address/forget", on="/personal")
    assert not any(field.get("value") == "林小满" for field in reader.get(f"/drift/{gift}").fields)


def test_visitors_are_sent_to_the_login_page_and_see_who_gives(
    app: Flask, exchange: Exchange, giver: PageClient
) -> None:
    gift = offered(giver)
    visitor = PageClient(app)
    assert "老舍" in visitor.get(f"/book/{ISBNS[0]}/detail").text
    shelf = visitor.get("/").text.partition("有人愿意送给你")[2].split()
    assert shelf[:3] == [SHELF[0].title, *SHELF[0].authors, "1"]
    for path in ("/my/gifts", "/my/wish", "/pending", "/notices", "/my/beans", f"/drift/{gift}"):
        assert visitor.http.get(path).location == "/login"


def test_too_few_beans_is_told_with_what_is_missing(app: Flask, exchange: Exchange, giver: PageClient) -> None:
    gift = offered(giver)
    poor = PageClient(app)
    login(poor.http, make_member(app, "poor"))
    assert "还差 1 个鱼豆" in poor.get(f"/drift/{gift}", status=409).text


def test_a_moderator_decides_with_a_reason_that_both_see(
    app: Flask, exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    drift = f"/drift/{requested(giver, reader)}"
    giver.post(f"{drift}/mailed", {"tracking": "X"}, on="/personal")
    reader.post(f"{drift}/lost", on="/personal")
    moderator = PageClient(app)
    login(moderator.http, make_member(app, "mod", role="moderator"))
    assert "双方说法不一" in moderator.get("/moderation").text
    moderator.post(f"{drift}/decide", {"decision": "received", "reason": "签收了"}, on="/moderation")
    assert all("签收了" in one.get("/pending").text for one in (giver, reader))


def test_notices_are_counted_until_they_are_read(exchange: Exchange, giver: PageClient, reader: PageClient) -> None:
    requested(giver, reader)
    assert "消息 1" in " ".join(giver.get("/my/gifts").text.split())
    giver.post("/notices/read", on="/personal")
    assert "消息 1" not in " ".join(giver.get("/my/gifts").text.split())


def test_english_pages_are_english(exchange: Exchange, giver: PageClient, reader: PageClient) -> None:
    requested(giver, reader)
    english = {"Accept-Language": "en"}
    assert "waiting for an answer" in giver.get("/pending", headers=english).text
    assert "would like your" in giver.get("/notices", headers=english).text


def test_silence_pauses_gifts_and_the_giver_puts_them_back(
    app: Flask, exchange: Exchange, lao_she: MadeMember, giver: PageClient, reader: PageClient
) -> None:
    gift = offered(giver)
    ask_for_book(reader, gift)
    exchange.clock.advance(timedelta(days=15))
    with app.app_context():
        app.extensions["container"].exchange.drift_deadlines.run()
    login(giver.http, lao_she)
    assert "歇着" in giver.get("/my/gifts").text
    giver.post(f"/gifts/{gift}/resume", on="/personal")
    assert "在架上" in giver.get("/my/gifts").text


def test_a_search_says_how_many_members_give_a_book(
    app: Flask, exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    visitor, search = PageClient(app), "/book/search?q=三体"
    assert "人在送" not in visitor.get(search).text
    gift = offered(giver)
    assert visitor.get(search).text.count("1 人在送") == 1
    ask_for_book(reader, gift, {"handover": "y", "message": "图书馆门口见"})
    assert "人在送" not in visitor.get(search).text


def test_a_refusal_leads_on_to_where_what_is_missing_can_be_done(
    app: Flask, exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    gift = offered(giver)
    ask_for_book(reader, gift)
    late = PageClient(app)
    login(late.http, make_member(app, "来晚的"))
    refused = late.get(f"/drift/{gift}", status=409)
    assert "还有 0 位" in refused.text
    other = PageClient(app)
    login(other.http, make_member(app, "也在送"))
    other_gift = offer_book(other, postage="giver")
    assert f"/book/{ISBNS[0]}/detail" in late.get(f"/drift/{gift}", status=409).links
    assert "/my/gifts" in late.get(f"/drift/{other_gift}", status=409).links, "no bean: give a book first"
    refused = giver.post(f"/gifts/{gift}/withdraw", on="/personal", status=409)
    assert 'href="/pending">去看鱼漂' in refused.text


def test_a_wish_is_made_widened_and_narrowed_by_its_forms(
    exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    one, other = SANTI.isbn13, SANTI_TAIWAN.isbn13
    page = reader.get(f"/book/{one}/detail")
    assert [option for option in ("任何版本都行", "只要这个版本") if option in page.text] == [
        "任何版本都行",
        "只要这个版本",
    ]
    reader.post(f"/wish/book/{one}", {"scope": "everything"}, on=f"/book/{one}/detail")
    assert "请选好想要哪个版本" in reader.get("/my/wish").text
    reader.post(f"/wish/book/{one}", {"scope": "edition"}, on=f"/book/{one}/detail")
    mine = reader.get("/my/wish")
    assert "改成：任何版本都行" in mine.text
    offer_book(giver, other)
    assert "还没有人送" in reader.get("/my/wish").text
    assert "小满" not in giver.get(f"/book/{other}/detail").text
    [change] = [action for action in actions(mine, "/wish/") if action.endswith("/scope")]
    reader.post(change, {"scope": "language"}, on="/my/wish")
    mine = reader.get("/my/wish")
    assert ("1 人在送" in mine.text, "改成：只要这个版本" in mine.text) == (True, True)
    seen = giver.get(f"/book/{other}/detail")
    assert ("小满" in seen.text, "任何版本都行" in seen.text) == (True, True)
    assert "在你的心愿里 · 任何版本都行" in reader.get(f"/book/{other}/detail").text
    reader.post(f"/wish/book/{other}/withdraw", on="/personal")
    assert "还没有心愿" not in reader.get(f"/book/{one}/detail").text
    assert "还没有心愿" in reader.get("/my/wish").text


def test_counts_of_all_editions_stand_beside_those_of_this_one(
    exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    one, other = SANTI.isbn13, SANTI_TAIWAN.isbn13
    offer_book(giver, one)
    assert "所有版本共" not in giver.get(f"/book/{one}/detail").text
    offer_book(reader, other)
    assert "所有版本共 2 位" in " ".join(giver.get(f"/book/{one}/detail").text.split())


def test_owners_of_earlier_wishes_are_led_to_their_list(app: Flask, lao_she: MadeMember, giver: PageClient) -> None:
    with app.app_context(), db.auto_commit() as session:
        session.add(Notice(user_id=lao_she.id, kind="wishes_may_widen", create_time=1))
    page = giver.get("/notices")
    assert "心愿现在可以不限版本" in page.text
    assert "/my/wish" in page.links


def test_a_wish_for_any_language_shows_first_what_it_means(
    app: Flask, exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    spanish, chinese = SOLEDAD.isbn13, SOLITUDE.isbn13
    assert "任何语言的都行" not in reader.get(f"/book/{chinese}/detail").text
    with app.app_context():
        exchange.container.catalogue.families.link_all()
    page = reader.get(f"/book/{chinese}/detail")
    assert "原著和译本" in page.text
    assert f"/book/{spanish}/detail" in page.links
    asked = read(reader.post(f"/wish/book/{chinese}", {"scope": "any"}, on=f"/book/{chinese}/detail", status=200).text)
    assert f"/book/{spanish}/detail" in asked.links
    assert "还没有心愿" in reader.get("/my/wish").text
    [form] = [form for form in asked.forms if "works" in form["fields"]]
    stale = {"scope": "any", "works": "999"}
    reader.post(f"/wish/book/{chinese}", stale, on="/personal", status=409)
    reader.post(form["action"], form["fields"], on="/personal")
    mine = reader.get("/my/wish")
    assert "任何语言的都行" in mine.text
    offer_book(giver, spanish)
    assert "1 人在送" in reader.get("/my/wish").text
    [change] = [action for action in actions(mine, "/wish/") if action.endswith("/scope")]
    reader.post(change, {"scope": "language"}, on="/my/wish")
    assert "还没有人送" in reader.get("/my/wish").text
    asked = read(reader.post(change, {"scope": "any"}, on="/my/wish", status=200).text)
    [form] = [form for form in asked.forms if "works" in form["fields"]]
    giver.post(change, {"scope": "any"}, on="/personal", status=404)
    reader.post(form["action"], form["fields"], on="/personal")
    assert "1 人在送" in reader.get("/my/wish").text


def test_a_wish_for_any_language_says_so_while_its_family_is_not_linked(
    app: Flask, exchange: Exchange, reader: PageClient
) -> None:
    with app.app_context():
        exchange.container.catalogue.families.link_all()
    asked = read(reader.post(f"/wish/book/{SOLITUDE.isbn13}", {"scope": "any"}, on="/personal", status=200).text)
    [form] = [form for form in asked.forms if "works" in form["fields"]]
    reader.post(form["action"], form["fields"], on="/personal")
    with app.app_context(), db.auto_commit():
        Work.query.update({"family_id": 0})
    page = reader.get(f"/book/{SOLITUDE.isbn13}/detail")
    assert page.text.count("任何语言的都行") == 3, "the tag, the choice, and the line of who wishes it"


def test_who_takes_back_a_wish_that_stands_for_another_is_told_before(
    app: Flask, exchange: Exchange, reader: PageClient
) -> None:
    for isbn in (SANTI.isbn13, SANTI_2.isbn13):
        reader.post(f"/wish/book/{isbn}", {"scope": "language"}, on="/personal")
    said = "另外 1 条心愿和它合在了一起"
    assert said not in reader.get("/my/wish").text
    with app.app_context():
        exchange.container.catalogue.work_decisions.merge(None, SANTI.isbn13, SANTI_2.isbn13, reason="同一本")
    assert reader.get("/my/wish").text.count(said) == 1
    assert said in reader.get(f"/book/{SANTI_2.isbn13}/detail").text


def test_a_book_s_page_says_where_its_counts_have_who_looks_and_their_own_lists_have_not(
    app: Flask, exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    offer_book(giver, SANTI.isbn13)
    for client, isbn in ((giver, SANTI_2.isbn13), (reader, SANTI.isbn13)):
        client.post(f"/wish/book/{isbn}", {"scope": "language"}, on="/personal")
    assert "你也在内" not in reader.get(f"/book/{SANTI_2.isbn13}/detail").text
    with app.app_context():
        exchange.container.catalogue.work_decisions.merge(None, SANTI.isbn13, SANTI_2.isbn13, reason="同一本")
    page = giver.get(f"/book/{SANTI.isbn13}/detail").text
    assert ("2 位书友想要" in page, page.count("你也在内")) == (True, 2)
    assert "1 人想要" in giver.get("/my/gifts").text
    assert reader.get(f"/book/{SANTI.isbn13}/detail").text.count("你也在内") == 1
    assert "你也在内" not in PageClient(app).get(f"/book/{SANTI.isbn13}/detail").text


def test_any_language_of_a_book_in_one_language_asks_nothing(exchange: Exchange, reader: PageClient) -> None:
    asked = read(reader.post(f"/wish/book/{SANTI.isbn13}", {"scope": "any"}, on="/personal", status=200).text)
    assert "只有一种语言" in asked.text
    assert [form for form in asked.forms if "works" in form["fields"]] == []
    reader.post(f"/wish/book/{SANTI.isbn13}", {"scope": "any", "works": "1;2"}, on="/personal")
    assert "请选好想要哪个版本" in reader.get("/my/wish").text


def test_after_a_merge_no_button_offers_a_member_their_own_book(
    app: Flask, exchange: Exchange, lao_she: MadeMember, giver: PageClient
) -> None:
    offer_book(giver)
    giver.post(f"/wish/book/{SANTI_2.isbn13}", on="/personal")
    with app.app_context():
        exchange.container.catalogue.work_decisions.merge(None, SANTI.isbn13, SANTI_2.isbn13, reason="同一本")
    for path in ("/my/wish", "/my/gifts", *(f"/book/{one.isbn13}/detail" for one in (SANTI, SANTI_2))):
        page = giver.get(path)
        assert actions(page, "/satisfy/") == []
        assert [link for link in page.links if link.startswith("/drift/")] == []
        assert "看看谁想要" not in page.text
        assert "位书友在送。" not in page.text
    assert "还没有人送" in giver.get("/my/wish").text
