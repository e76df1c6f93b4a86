"""A meeting that was missed, on the page of the drifts."""

from __future__ import annotations

from datetime import timedelta

from app.domain.gift import Postage
from app.services.exchange.gifts import Offer
from tests.support.exchange import IN_PERSON, ISBNS
from tests.support.members import login, make_member
from tests.support.pages import PageClient


def test_who_waited_in_vain_says_so_and_the_other_answers(app, exchange, page):
    giver, reader = make_member(app, "老舍"), make_member(app, "小满")
    drifts = []
    with app.app_context():
        exchange.offer(reader.id, ISBNS[-1])
        gift = exchange.offer(giver.id, ISBNS[0], Offer(postage=Postage.MEET))
        drifts.append(exchange.drifts.request(reader.id, gift, IN_PERSON))
    login(page.http, giver)
    assert "对方没来" not in page.get("/pending").text
    exchange.clock.advance(timedelta(days=1))
    assert "对方没来" in page.get("/pending").text
    page.post(f"/drift/{drifts[0]}/missed", on="/pending")
    assert "你说对方没来" in page.get("/pending").text
    other = PageClient(app)
    login(other.http, reader)
    assert "老舍说当面交接《三体》时你没来" in other.get("/notices").text
    assert "对方说你没来" in other.get("/pending").text
    other.post(f"/drift/{drifts[0]}/missed", on="/pending")
    text = other.get("/pending").text
    assert "你们都说没来的是对方" in text
    assert "说没来的是对方" in text
    with app.app_context():
        for isbn in ISBNS[1:3]:
            gift = exchange.offer(giver.id, isbn, Offer(postage=Postage.MEET))
            drift = exchange.drifts.request(reader.id, gift, IN_PERSON)
            exchange.clock.advance(timedelta(days=1))
            exchange.container.exchange.meetings.miss(giver.id, drift)
        gift = exchange.offer(giver.id, ISBNS[3], Offer(postage=Postage.MEET))
    assert "到 2026/4/3 为止不能请求当面交接的书" in other.get("/pending").text
    assert "最近两次约好当面交接" in other.get(f"/drift/{gift}", status=403).text
