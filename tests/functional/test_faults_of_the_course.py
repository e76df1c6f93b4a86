"""The eighteen faults of the course's published versions, each by its number: not here, and seen in a naive site.

Each regression drives a site over HTTP. It runs on the real one with each database; and against the naive one, where it must
find its fault: a regression that cannot fail proves nothing.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from docs.naive.backends import Backend, FaultError, NaiveBackend, RealBackend, Visitor, demand, report
from tests.support.books import LONG, SANTI
from tests.support.exchange import ISBNS
from tests.support.guides import DOCS
from tests.support.members import PASSWORD

PAGES = (DOCS / "naive.md", DOCS / "naive.zh.md")
UNKNOWN = "9787020002207"
ELSEWHERE = ("//evil.example", "/\\evil.example", "https://evil.example/", "%2f%2fevil.example")
WITH_X = {"080442957X": "9780804429573", "0-8044-2957-X": "9780804429573", "978-7-5366-9293-0": "9787536692930"}
STEPS = ("reject", "withdraw", "mailed", "received", "lost", "returned", "delay", "address")


@pytest.fixture
def backend(any_database_app: Flask) -> Iterator[Backend]:
    backend = RealBackend(any_database_app)
    yield backend
    backend.close()


def test_fault_01_an_unknown_isbn_on_the_book_page_is_not_a_500(backend: Backend) -> None:
    demand(backend.visitor().get(f"/book/{UNKNOWN}/detail").status_code == 404, "an unknown ISBN is an error")


def test_fault_02_home_search_and_book_page_answer_while_every_source_is_down(backend: Backend) -> None:
    backend.offer(backend.member("老舍"))
    backend.source.down = True
    for path in ("/", "/book/search?q=三体", f"/book/{SANTI.isbn13}/detail"):
        demand(backend.visitor().get(path).status_code == 200, f"{path} falls with its source")


def test_fault_03_the_home_page_asks_no_source_however_many_gifts_there_are(backend: Backend) -> None:
    giver = backend.member("老舍")
    for isbn in ISBNS[:5]:
        backend.offer(giver, isbn)
    backend.source.asked = 0
    assert SANTI.title in backend.visitor().get("/").text
    demand(backend.source.asked == 0, "the home page asks the source for each book")


@pytest.mark.parametrize("act", ["withdraw", "reject", "mailed"])
def test_fault_04_repeating_an_act_mints_no_bean(backend: Backend, act: str) -> None:
    giver, reader = backend.member("老舍"), backend.rich("小满")
    drift = backend.drift(reader, backend.offer(giver))
    actor = reader if act == "withdraw" else giver
    actor.post(f"/drift/{drift}/{act}")
    before = (backend.balance(giver), backend.balance(reader))
    for _ in range(3):
        actor.post(f"/drift/{drift}/{act}")
    demand((backend.balance(giver), backend.balance(reader)) == before, "a repeat mints beans")


def test_fault_05_two_books_are_received_for_each_one_sent(backend: Backend) -> None:
    giver, reader = backend.member("老舍"), backend.rich("小满")
    with backend.granted(reader, 50):
        drifts = [backend.drift(reader, backend.offer(giver, isbn)) for isbn in ISBNS[:2]]
        assert backend.count_drifts() == 2
        answer = reader.asks(backend.offer(giver, ISBNS[3]))
        demand(backend.count_drifts() == 2, "who gives nothing goes on receiving")
        assert answer.status_code == 409
        assert "先送出一本" in answer.text
        for drift in drifts:  # so that what was lent is there to be taken back
            reader.post(f"/drift/{drift}/withdraw")


def test_fault_06_a_gift_cannot_be_withdrawn_in_mid_trade(backend: Backend) -> None:
    giver, reader = backend.member("老舍"), backend.rich("小满")
    gift = backend.offer(giver)
    drift = backend.drift(reader, gift)
    giver.post(f"/gifts/{gift}/withdraw")
    demand(backend.state("gift", gift) == "reserved", "the gift is gone while somebody waits for it")
    reader.post(f"/drift/{drift}/withdraw")
    assert backend.balance(reader) == 10
    giver.post(f"/gifts/{gift}/withdraw")
    assert backend.state("gift", gift) == "withdrawn"


def test_fault_07_eight_requests_at_once_with_one_bean_make_one_drift(backend: Backend) -> None:
    giver, reader = backend.member("老舍"), backend.rich("小满")
    gifts = [backend.offer(giver, isbn) for isbn in ISBNS[:6]] + [backend.offer(backend.member("巴金"), ISBNS[0])]
    gifts.append(backend.offer(backend.member("冰心"), ISBNS[0]))
    start = threading.Barrier(len(gifts))

    def ask(window: Visitor, gift: int) -> None:
        start.wait()
        window.asks(gift)

    threads = [threading.Thread(target=ask, args=(backend.again(reader), gift)) for gift in gifts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    demand(backend.count_drifts() == 1, "one bean pays for several drifts")
    assert backend.balance(reader) == 0


def test_fault_08_nobody_touches_the_gift_wish_or_drift_of_another(backend: Backend) -> None:
    giver, reader, stranger = backend.member("老舍"), backend.rich("小满"), backend.rich("路人")
    drift = backend.drift(reader, backend.offer(giver))
    gift = backend.offer(giver, ISBNS[1])
    reader.post(f"/wish/book/{ISBNS[2]}")
    for path in (f"/drift/{drift}/reject", f"/gifts/{gift}/withdraw", f"/wish/book/{ISBNS[2]}/withdraw"):
        answer = stranger.post(path)
        there = (backend.state("drift", drift), backend.state("gift", gift), backend.state("wish", 1))
        demand(there == ("waiting", "open", "open"), f"{path} is anybody's")
        assert answer.status_code == 404


def test_fault_09_changing_the_password_needs_the_old_one(backend: Backend) -> None:
    member, new = backend.member("换密码的"), "新的密码真的很长"
    wrong = {"old_password": "不对的密码", "password1": new, "password2": new}
    member.post("/change/password", wrong, on="/change/password")
    window = backend.visitor()
    window.post("/login", {"email": member.email, "password": new}, on="/login")
    demand(window.http.get("/pending").status_code != 200, "a stranger at the keyboard takes the account over")
    assert backend.again(member).http.get("/pending").status_code == 200


def test_fault_10_no_balance_goes_below_zero(backend: Backend) -> None:
    giver, reader = backend.member("老舍"), backend.rich("小满")
    mine = backend.newest_gift(reader)
    backend.drift(reader, backend.offer(giver))
    assert backend.balance(reader) == 0
    reader.post(f"/gifts/{mine}/withdraw")
    demand(backend.balance(reader) >= 0, "a member owes what is spent")


def test_fault_11_next_leads_to_no_other_site(backend: Backend) -> None:
    member = backend.member("回来的人")
    for target in ELSEWHERE:
        form = {"email": member.email, "password": PASSWORD}
        answer = backend.visitor().post(f"/login?next={target}", form, on="/login")
        demand(answer.location == "/", f"{target} leads away")


def test_fault_12_no_get_changes_anything_and_every_post_wants_a_token(backend: Backend) -> None:
    giver, reader = backend.member("老舍"), backend.rich("小满")
    drift = backend.drift(reader, backend.offer(giver))
    for act in STEPS:
        read, sent = (ask(f"/drift/{drift}/{act}").status_code for ask in (giver.http.get, giver.http.post))
        demand((read, sent) == (405, 400), f"any page can {act} for a member")
    assert backend.state("drift", drift) == "waiting"


def test_fault_13_asking_for_a_reset_looks_the_same_for_known_and_unknown_addresses(backend: Backend) -> None:
    answers = []
    for email in (backend.member("记性不好").email, "nobody@example.org"):
        answer = backend.visitor().post("/reset/password", {"email": email}, on="/login")
        words = re.sub(r'value="[^"]{30,}"', "", answer.text).replace(email, "")
        answers.append((answer.status_code, words))
    demand(answers[0] == answers[1], "the answer tells who is a member")
    assert answers[0][0] == 200


@pytest.mark.parametrize("ended", ["withdrawn", "launched"])
def test_fault_14_no_drift_begins_on_a_withdrawn_or_given_copy(backend: Backend, ended: str) -> None:
    giver, reader = backend.member("老舍"), backend.rich("小满")
    gift = backend.offer(giver)
    if ended == "withdrawn":
        giver.post(f"/gifts/{gift}/withdraw")
    else:
        giver.post(f"/drift/{backend.drift(backend.rich('先到的'), gift)}/mailed")
    assert backend.state("gift", gift) == ended
    before = backend.count_drifts()
    answer = reader.asks(gift)
    demand(backend.count_drifts() == before, "a copy that is gone is asked for")
    assert answer.status_code == 404


@pytest.mark.parametrize("typed", WITH_X)
def test_fault_15_numbers_with_x_and_hyphens_are_read_as_isbn(backend: Backend, typed: str) -> None:
    shown = backend.visitor().get(f"/book/search?q={typed}").text
    demand(WITH_X[typed] in shown.replace("-", ""), f"{typed} is taken for a word")


def test_fault_16_a_full_last_page_is_the_last(backend: Backend) -> None:
    member = backend.member("书多的人")
    backend.fill_gifts(member, 20)
    demand("page=2" not in member.get("/my/gifts").text, "the pager leads to an empty page")
    backend.fill_gifts(member, 1)
    assert "page=2" in member.get("/my/gifts").text


def test_fault_17_the_longest_facts_fit_into_a_drift(backend: Backend) -> None:
    giver, reader = backend.member("老舍"), backend.rich("小满")
    gift = backend.offer(giver, LONG.isbn13)
    answer = reader.asks(gift)
    demand(answer.status_code == 303, "a long title is an error")
    assert LONG.title in reader.get("/pending").text


def test_fault_18_a_letter_that_was_promised_arrives(backend: Backend) -> None:
    giver, reader = backend.member("老舍"), backend.rich("小满")
    backend.drift(reader, backend.offer(giver))
    letters = backend.letters(giver)
    demand(any(f"《{SANTI.title}》" in letter for letter in letters), "the letter is lost, and nobody hears of it")


REGRESSIONS = {name: test for name, test in globals().items() if name.startswith("test_fault_")}


def cases() -> Iterator[tuple[str, Callable[[Backend], None]]]:
    """Yield every case of every regression, with its parameters filled in."""
    for name, regression in REGRESSIONS.items():
        marks = [mark for mark in getattr(regression, "pytestmark", ()) if mark.name == "parametrize"]
        for value in marks[0].args[1] if marks else (None,):
            case = (lambda backend, r=regression, v=value: r(backend, v)) if marks else regression
            yield f"{name[5:13]} {value or ''}".strip(), case


def test_there_are_eighteen() -> None:
    assert [name[5:13] for name in REGRESSIONS] == [f"fault_{number:02}" for number in range(1, 19)]


@pytest.mark.parametrize(("name", "case"), [pytest.param(name, case, id=name) for name, case in cases()])
def test_the_naive_site_has_the_fault_and_its_page_says_so(
    name: str, case: Callable[[Backend], None], tmp_path: Path
) -> None:
    with pytest.raises(FaultError) as fault:
        case(NaiveBackend(tmp_path))
    for page in PAGES:
        assert report(name, fault.value) in page.read_text("utf-8").splitlines()
