"""The eighteen faults of the course's published versions (exchange.md, section 7), each by its number."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app.domain.account import WrongPassword
from app.domain.beans import NotEnoughBeans, RatioTooLow
from app.domain.drift import AlreadyDone
from app.domain.errors import Refusal
from app.domain.gift import GiftInDrift, GiftNotFound
from app.domain.isbn import find_isbn
from app.domain.lookup import Lookup
from app.extensions import db
from app.models.bean import BeanBalance
from tests.books import LONG, SANTI
from tests.exchange import AT_HOME, ISBNS, Exchange
from tests.members import PASSWORD, login, make_member
from tests.pages import PageClient

UNKNOWN = "9787020002207"


@pytest.fixture
def exchange(app: Flask) -> Iterator[Exchange]:
    with app.app_context():
        exchange = Exchange(app)
        yield exchange
        assert exchange.breaches() == []


@pytest.fixture
def giver(exchange: Exchange) -> int:
    return exchange.member("老舍")


@pytest.fixture
def reader(exchange: Exchange) -> int:
    return exchange.rich("小满")


def member_page(app: Flask, nickname: str = "书友甲") -> PageClient:
    client = PageClient(app)
    login(client.http, make_member(app, nickname))
    return client


def test_fault_01_an_unknown_isbn_on_the_book_page_is_not_a_500(exchange: Exchange, page: PageClient) -> None:
    page.get(f"/book/{UNKNOWN}/detail", status=404)


def test_fault_02_home_search_and_book_page_answer_while_every_source_is_down(
    exchange: Exchange, page: PageClient
) -> None:
    class Down:
        def find(self, isbn13: str) -> Lookup:
            return Lookup(facts=None, is_certain=False)

    exchange.container.finding._sources = Down()
    page.get("/")
    page.get("/book/search?q=三体")
    page.get(f"/book/{SANTI.isbn13}/detail")
    page.get(f"/book/{UNKNOWN}/detail", status=404)


def test_fault_03_the_home_page_asks_no_source_however_many_gifts_there_are(
    exchange: Exchange, giver: int, page: PageClient
) -> None:
    class Counting:
        asked = 0

        def find(self, isbn13: str) -> Lookup:
            Counting.asked += 1
            return Lookup(facts=None, is_certain=True)

    exchange.container.finding._sources = Counting()
    for isbn in ISBNS[:5]:
        exchange.offer(giver, isbn)
    assert "1 人在送" in page.get("/").text
    assert Counting.asked == 0


@pytest.mark.parametrize("act", ["withdraw", "reject", "mailed"])
def test_fault_04_repeating_an_act_mints_no_bean(exchange: Exchange, giver: int, reader: int, act: str) -> None:
    drift = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    acts = {
        "withdraw": lambda: exchange.drifts.withdraw(reader, drift),
        "reject": lambda: exchange.drifts.reject(giver, drift, reason=""),
        "mailed": lambda: exchange.drifts.post(giver, drift),
    }
    acts[act]()
    before = (exchange.balance(giver), exchange.balance(reader))
    for _ in range(3):
        with pytest.raises(AlreadyDone):
            acts[act]()
    assert (exchange.balance(giver), exchange.balance(reader)) == before


def test_fault_05_two_books_are_received_for_each_one_sent(exchange: Exchange, giver: int, reader: int) -> None:
    for isbn in ISBNS[4:7]:
        exchange.offer(reader, isbn)
    for isbn in ISBNS[:2]:
        exchange.drifts.receive(reader, exchange.mailed(giver, reader, isbn))
    for isbn in ISBNS[4:6]:  # the beans are there, the ratio is not
        exchange.gifts.withdraw(giver, exchange.offer(giver, isbn))
    buyer = exchange.rich("第三人")
    sold = exchange.one("SELECT id FROM gift WHERE user_id = :r AND isbn13 = :i", r=reader, i=ISBNS[4])
    exchange.drifts.post(reader, exchange.drifts.request(buyer, int(str(sold)), AT_HOME))
    wanted = exchange.offer(giver, ISBNS[2])
    with db.auto_commit() as session:
        session.get_one(BeanBalance, reader).balance += 10  # rich enough, whatever it cost
    with pytest.raises(RatioTooLow):
        exchange.drifts.request(reader, wanted, AT_HOME)
    with db.auto_commit() as session:
        session.get_one(BeanBalance, reader).balance -= 10


def test_fault_06_a_gift_cannot_be_withdrawn_in_mid_trade(exchange: Exchange, giver: int, reader: int) -> None:
    copy = exchange.offer(giver)
    drift = exchange.drifts.request(reader, copy, AT_HOME)
    with pytest.raises(GiftInDrift):
        exchange.gifts.withdraw(giver, copy)
    exchange.drifts.withdraw(reader, drift)
    assert exchange.balance(reader) == 10
    exchange.gifts.withdraw(giver, copy)


def test_fault_07_eight_requests_at_once_with_one_bean_make_one_drift(
    app: Flask, exchange: Exchange, giver: int, reader: int
) -> None:
    copies = [exchange.offer(giver, isbn) for isbn in ISBNS[:7]]
    outcomes: list[str] = []
    start = threading.Barrier(len(copies))

    def ask(copy: int) -> None:
        with app.app_context():
            start.wait()
            try:
                exchange.drifts.request(reader, copy, AT_HOME)
                outcomes.append("asked")
            except NotEnoughBeans:
                outcomes.append("refused")

    threads = [threading.Thread(target=ask, args=(copy,)) for copy in copies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["asked"] + ["refused"] * 6
    assert exchange.balance(reader) == 0


def test_fault_08_nobody_touches_the_gift_wish_or_drift_of_another(
    app: Flask, exchange: Exchange, giver: int, reader: int
) -> None:
    drift = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    open_gift = exchange.offer(giver, ISBNS[1])
    exchange.wishes.wish_for(reader, ISBNS[2])
    stranger = member_page(app)
    stranger.post(f"/drift/{drift}/reject", on="/personal", status=404)
    stranger.post(f"/gifts/{open_gift}/withdraw", on="/personal", status=404)
    stranger.post(f"/wish/book/{ISBNS[2]}/withdraw", on="/personal", status=404)
    assert (exchange.state(drift), exchange.gift_state(open_gift)) == ("waiting", "open")
    assert exchange.one("SELECT state FROM wish") == "open"


def test_fault_09_changing_the_password_needs_the_old_one(app: Flask, exchange: Exchange) -> None:
    member = make_member(app, "换密码的")
    with pytest.raises(WrongPassword):
        exchange.container.accounts.change_password(member.id, old="不对的密码", new="新的密码真的很长", session_id=0)
    exchange.container.accounts.authenticate(email=member.email, password=PASSWORD)


def test_fault_10_no_balance_goes_below_zero_even_by_hand(exchange: Exchange, giver: int, reader: int) -> None:
    exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    with pytest.raises(NotEnoughBeans):
        exchange.drifts.request(reader, exchange.offer(giver, ISBNS[1]), AT_HOME)
    with pytest.raises(Exception, match=r"(?i)check"), db.auto_commit() as session:
        session.get_one(BeanBalance, reader).balance = -1
    assert exchange.balance(reader) == 0


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example/", "%2f%2fevil.example"])
def test_fault_11_next_leads_to_no_other_site(app: Flask, exchange: Exchange, page: PageClient, target: str) -> None:
    member = make_member(app, "回来的人")
    answer = page.post(f"/login?next={target}", {"email": member.email, "password": PASSWORD}, on="/login")
    assert answer.location == "/"


def test_fault_12_no_get_changes_anything_and_every_post_wants_a_token(
    app: Flask, exchange: Exchange, giver: int, reader: int
) -> None:
    drift = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    client = member_page(app)
    for act in ("reject", "withdraw", "mailed", "received", "lost", "returned", "delay", "address"):
        assert client.http.get(f"/drift/{drift}/{act}").status_code == 405
        assert client.http.post(f"/drift/{drift}/{act}").status_code == 400
    assert exchange.state(drift) == "waiting"


def test_fault_13_asking_for_a_reset_looks_the_same_for_known_and_unknown_addresses(
    app: Flask, exchange: Exchange, page: PageClient
) -> None:
    known = make_member(app, "记性不好")
    answers = []
    for email in (known.email, "nobody@example.org"):
        answer = page.post("/reset/password", {"email": email}, status=200)
        answers.append(re.sub(r'value="[^"]{30,}"', "", answer.text).replace(email, ""))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("ended", ["withdrawn", "launched"])
def test_fault_14_no_drift_begins_on_a_withdrawn_or_given_copy(
    exchange: Exchange, giver: int, reader: int, ended: str
) -> None:
    copy = exchange.offer(giver)
    if ended == "withdrawn":
        exchange.gifts.withdraw(giver, copy)
    else:
        exchange.drifts.post(giver, exchange.drifts.request(exchange.rich("先到的"), copy, AT_HOME))
    with pytest.raises(GiftNotFound):
        exchange.drifts.request(reader, copy, AT_HOME)


@pytest.mark.parametrize(
    ("typed", "isbn13"),
    [("080442957X", "9780804429573"), ("0-8044-2957-X", "9780804429573"), ("978-7-5366-9293-0", "9787536692930")],
)
def test_fault_15_numbers_with_x_and_hyphens_are_read_as_isbn(typed: str, isbn13: str) -> None:
    found = find_isbn(typed)
    assert found is not None
    assert found.isbn13 == isbn13


def test_fault_16_a_full_last_page_is_the_last(app: Flask, exchange: Exchange) -> None:
    client = member_page(app)
    member = int(str(exchange.one("SELECT MAX(id) FROM user")))
    for number in range(20):
        with db.auto_commit() as session:
            session.execute(
                db.text(
                    "INSERT INTO gift (user_id, isbn13, state, open_time, create_time) VALUES (:u, :i, 'withdrawn', 0, 0)"
                ),
                {"u": member, "i": ISBNS[number % 3]},
            )
    assert not any("page=2" in link for link in client.get("/my/gifts").links)


def test_fault_17_the_longest_facts_fit_into_a_drift(exchange: Exchange, giver: int, reader: int) -> None:
    copy = exchange.offer(giver, LONG.isbn13)
    drift = exchange.drifts.request(reader, copy, AT_HOME)
    assert exchange.one("SELECT title FROM drift WHERE id = :id", id=drift) == LONG.title


def test_fault_18_a_letter_is_posted_with_the_act_and_sent_later_by_the_worker(
    exchange: Exchange, giver: int, reader: int
) -> None:
    exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    assert exchange.one("SELECT COUNT(*) FROM outbox_mail WHERE kind = 'drift_requested' AND state = 'queued'") == 1
    with pytest.raises(Refusal):
        exchange.drifts.request(reader, 2, AT_HOME)
    assert exchange.one("SELECT COUNT(*) FROM outbox_mail WHERE kind = 'drift_requested'") == 1
    exchange.clock.advance(timedelta(seconds=1))
    assert exchange.container.courier.deliver_due().sent == 1
