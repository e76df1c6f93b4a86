"""A member brings a list: a verdict for each row, corrections, then all of it given or wished for, and taken back."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import accumulate, chain, repeat
from secrets import token_hex
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.container import container
from app.domain.book import BookFacts, Lookup
from app.domain.errors import Refusal
from app.domain.reading_list import ListEmpty, ListNotFound, Outcome, Verdict
from app.libs.clock import FrozenClock
from app.models.book_list import BookList, BookListRow
from app.queries.listings import ListedBookRow
from app.services.catalogue.book_lookup import BookLookup
from app.services.exchange.gifts import Offer
from app.services.lists.book_lists import ListService
from app.services.lists.list_lookup import ListLookup
from tests.support.members import MadeMember, login, make_member, quick_passwords
from tests.support.pages import PageClient, read
from tests.support.rows import count_rows, list_rows

SANTI = BookFacts(isbn13="9787536692930", title="三体", authors=("刘慈欣",), publisher="重庆出版社")
SANTI_TW = BookFacts(isbn13="9789866667787", title="三体", authors=("刘慈欣",), publisher="猫头鹰")
HONGLOU = BookFacts(isbn13="9787020002207", title="红楼梦", authors=("曹雪芹", "高鹗"), publisher="人民文学出版社")
GILEAD = BookFacts(isbn13="9780002005883", title="Gilead", authors=("Marilynne Robinson",))
LIST = (
    "书名,作者,ISBN\n"
    "红楼梦,曹雪芹,9787020002207\n"
    '"Gilead (Gilead, #1)","Robinson, Marilynne",\n'
    "三体,刘慈欣,\n"
    "三体,刘慈欣 / 重庆出版社 / 2008-1,\n"
    "没有的书,没有的人,\n"
    "别处的书,,9780306406157\n"
    ",,9787536692931\n"
    "红楼梦,曹雪芹,9787020002207\n"
)
VERDICTS = [
    Verdict.MATCHED, Verdict.MATCHED, Verdict.AMBIGUOUS, Verdict.MATCHED,
    Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.NO_BOOK, Verdict.MATCHED,
]  # fmt: skip


@pytest.fixture
def shelf(any_database_app: Flask) -> Iterator[Flask]:
    quick_passwords(any_database_app)
    with any_database_app.app_context():
        container.catalogue.writer.store([SANTI, SANTI_TW, HONGLOU, GILEAD])
        yield any_database_app


def rows_of(list_id: int) -> list[tuple[Verdict, Outcome]]:
    return [(row.verdict, row.outcome) for row in container.lists.stored.list_rows(list_id, limit=100)]


def bring(app: Flask, text: str = LIST) -> tuple[int, int]:
    """Bring a list as a new member; give both numbers."""
    member = make_member(app).id
    return member, container.lists.book_lists.bring(member, "list.csv", text.encode())


def open_ones(listed: Callable[..., Sequence[ListedBookRow]], member: int) -> int:
    """Count the open gifts or wishes of a member."""
    return sum(row.state == "open" for row in listed(member, limit=50, offset=0))


def test_every_row_gets_one_verdict(shelf: Flask) -> None:
    _member, list_id = bring(shelf)
    assert [verdict for verdict, _outcome in rows_of(list_id)] == VERDICTS
    assert sum(container.lists.stored.count(list_id).values()) == 8


def test_every_row_has_one_outcome_and_doing_it_twice_changes_nothing(shelf: Flask) -> None:
    member, list_id = bring(shelf)
    for _ in range(2):
        assert container.lists.book_lists.wish_all(member, list_id) == 0
        outcomes = [outcome for _verdict, outcome in rows_of(list_id)]
        assert outcomes == [
            Outcome.LISTED, Outcome.LISTED, Outcome.WAITING, Outcome.LISTED,
            Outcome.WAITING, Outcome.WAITING, Outcome.WAITING, Outcome.ALREADY,
        ]  # fmt: skip
    again = container.lists.book_lists.bring(member, "again.csv", LIST.encode())
    container.lists.book_lists.wish_all(member, again)
    assert [outcome for _v, outcome in rows_of(again)].count(Outcome.ALREADY) == 4
    assert open_ones(container.exchange.listings.list_wishes, member) == 3


def test_offering_pays_by_the_rules_and_undo_takes_back(shelf: Flask) -> None:
    member, list_id = bring(shelf)
    container.lists.book_lists.offer_all(member, list_id, Offer())
    assert open_ones(container.exchange.listings.list_gifts, member) == 3
    container.lists.book_lists.undo(member, list_id)
    assert open_ones(container.exchange.listings.list_gifts, member) == 0
    assert [outcome for _v, outcome in rows_of(list_id)].count(Outcome.UNDONE) == 3
    container.lists.book_lists.wish_all(member, list_id)
    assert open_ones(container.exchange.listings.list_wishes, member) == 3


def test_a_refused_row_says_why_and_can_be_tried_again(shelf: Flask) -> None:
    member, list_id = bring(shelf)
    container.exchange.wishes.wish_for(member, HONGLOU.isbn13)
    container.lists.book_lists.offer_all(member, list_id, Offer())
    refused = [row for row in container.lists.stored.list_rows(list_id, limit=100) if row.outcome is Outcome.REFUSED]
    assert [row.number for row in refused] == [1, 8]
    assert refused[0].reasons[0].startswith("你在心愿里说过，这本书任何版本都行")
    container.exchange.wishes.withdraw(member, HONGLOU.isbn13)
    container.lists.book_lists.offer_all(member, list_id, Offer())
    outcomes = [outcome for _v, outcome in rows_of(list_id)]
    assert (outcomes[0], outcomes[7]) == (Outcome.LISTED, Outcome.ALREADY)


def test_a_row_can_be_corrected_by_choice_by_isbn_and_by_title(shelf: Flask) -> None:
    member, list_id = bring(shelf)
    ambiguous = container.lists.stored.find_row(list_id, 3)
    assert ambiguous is not None
    assert set(ambiguous.isbns) == {SANTI.isbn13, SANTI_TW.isbn13}
    container.lists.book_lists.correct(member, list_id, 3, SANTI_TW.isbn13)
    container.lists.book_lists.correct(member, list_id, 5, "红楼梦")
    container.lists.book_lists.correct(member, list_id, 7, "978-0-00-200588-3")
    corrected = [verdict for verdict, _outcome in rows_of(list_id)]
    assert [corrected[number - 1] for number in (3, 5, 7)] == [Verdict.MATCHED] * 3


def test_nobody_touches_another_members_list(shelf: Flask) -> None:
    _member, list_id = bring(shelf)
    other = make_member(shelf, "别人").id
    for act in (
        lambda: container.lists.book_lists.wish_all(other, list_id),
        lambda: container.lists.book_lists.offer_all(other, list_id, Offer()),
        lambda: container.lists.book_lists.undo(other, list_id),
        lambda: container.lists.book_lists.correct(other, list_id, 1, "x"),
        lambda: container.lists.book_lists.forget(other, list_id),
        lambda: container.lists.book_lists.look_up(other, list_id),
    ):
        with pytest.raises(ListNotFound):
            act()


def test_sources_are_asked_for_numbers_that_the_catalogue_lacks(shelf: Flask) -> None:
    member, list_id = bring(shelf)
    assert rows_of(list_id)[5][0] is Verdict.UNKNOWN
    finding = BookLookup(books=container.catalogue.books, sources=Elsewhere(), store=container.catalogue.writer.store)
    lookup = ListLookup(**vars_of(container.lists.lookup) | {"book_lookup": finding})
    ListService(**vars_of(container.lists.book_lists) | {"lookup": lookup}).look_up(member, list_id)
    assert [verdict for verdict, _ in rows_of(list_id)] == [*VERDICTS[:5], Verdict.FOUND, *VERDICTS[6:]]
    assert container.catalogue.books.find("9780306406157") is not None


def test_what_there_is_no_time_for_is_left_for_the_next_press(shelf: Flask) -> None:
    member, list_id = bring(shelf)
    ticks = iter(range(0, 1_000, 2))
    hurried = ListService(
        clock=container.core.clock,
        lists=container.lists.stored,
        lookup=container.lists.lookup,
        gifts=container.exchange.gifts,
        wishes=container.exchange.wishes,
        now=lambda: float(next(ticks)),
    )
    assert hurried.wish_all(member, list_id) == 3
    assert hurried.wish_all(member, list_id) == 2
    assert container.lists.book_lists.wish_all(member, list_id) == 0


class Elsewhere:
    """Sources that know every book."""

    def find(self, isbn13: str) -> Lookup:
        return Lookup(BookFacts(isbn13=isbn13, title="来自别处"), is_certain=True)


def lookup_in_a_hurry(*ticks: float) -> ListLookup:
    """Return a lookup whose clock says these seconds, one at each look."""
    return ListLookup(**vars_of(container.lists.lookup) | {"now": iter(ticks).__next__})


def test_a_long_list_is_looked_up_a_slice_at_a_time(shelf: Flask) -> None:
    member = make_member(shelf).id
    hurried = ListService(**vars_of(container.lists.book_lists) | {"lookup": lookup_in_a_hurry(0, 0, 9)})
    list_id = hurried.bring(member, "long.csv", ("书名,ISBN\n" + "红楼梦,9787020002207\n" * 60).encode())
    assert Counter(verdict for verdict, _ in rows_of(list_id)) == {Verdict.MATCHED: 50, Verdict.PENDING: 10}
    assert sum(container.lists.stored.count(list_id).values()) == 60
    container.lists.book_lists.look_up(member, list_id)
    assert Counter(verdict for verdict, _ in rows_of(list_id)) == {Verdict.MATCHED: 60}


def test_numbers_that_the_catalogue_lacks_wait_for_the_sources_behind_all_other_rows(shelf: Flask) -> None:
    member = make_member(shelf).id
    text = "ISBN\n9780306406157\n9780141439518\n" + "9787020002207\n" * 50
    hurried = ListService(**vars_of(container.lists.book_lists) | {"lookup": lookup_in_a_hurry(0, 0, 0, 0, 0, 9, 9)})
    list_id = hurried.bring(member, "long.csv", text.encode())
    verdicts = [verdict for verdict, _ in rows_of(list_id)]
    assert (verdicts[:2], set(verdicts[2:])) == ([Verdict.UNKNOWN, Verdict.PENDING], {Verdict.MATCHED})


@given(
    rows=st.lists(st.sampled_from([*LIST.splitlines()[1:], "", "x", ",,,", "，，"]), max_size=9),
    strange=st.sampled_from([[], ["\x01,\u202e,9787020002207"]]),  # a file of many such rows is no text
    seconds=st.lists(st.sampled_from([0.0, 0.0, 1.0, 9.0]), min_size=400, max_size=400),
    acts=st.lists(st.sampled_from(["look_up", "wish_all", "offer_all", "undo", "correct"]), max_size=6),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_rows_in_are_the_sum_of_outcomes_whatever_is_done_to_them(
    app: Flask, rows: list[str], strange: list[str], seconds: list[float], acts: list[str]
) -> None:
    rows = [*rows, *strange]
    quick_passwords(app)
    with app.app_context():
        container.catalogue.writer.store([SANTI, SANTI_TW, HONGLOU, GILEAD])
        member = make_member(app, f"书友{token_hex(4)}").id
        clock = accumulate(seconds)
        parts = {"lookup": lookup_in_a_hurry(*accumulate(seconds)), "now": lambda: next(clock)}
        service = ListService(**vars_of(container.lists.book_lists) | parts)
        data = "\n".join(["书名,作者,ISBN", *rows]).encode()
        wanted = sum(1 for row in csv.reader(rows) if any(row))
        if not wanted:
            with pytest.raises(ListEmpty):
                service.bring(member, "x", data)
            return
        list_id = service.bring(member, "x", data)
        for act in ["", *acts]:
            do(service, act, member, list_id)
            assert sum(container.lists.stored.count(list_id).values()) == wanted
            assert len(rows_of(list_id)) == wanted


def do(service: ListService, act: str, member: int, list_id: int) -> None:
    """Do one thing to a list; what is refused is refused."""
    with suppress(Refusal):
        if act == "correct":
            service.correct(member, list_id, 1, "三体")
        elif act == "offer_all":
            service.offer_all(member, list_id, Offer())
        elif act:
            getattr(service, act)(member, list_id)


def test_old_lists_and_those_of_who_leaves_are_deleted(shelf: Flask) -> None:
    member, list_id = bring(shelf)
    container.lists.book_lists.forget(member, list_id)
    other = make_member(shelf, "别人").id
    kept = container.lists.book_lists.bring(other, "x", b"9787536692930")
    container.members.leaving.delete(member)
    assert [one.id for one in list_rows(BookList)] == [kept], "no row is kept as deleted"
    assert container.lists.stored.list_rows(list_id, limit=1) == []
    clock = FrozenClock(container.core.clock.now() + timedelta(days=29))
    old = ListService(**vars_of(container.lists.book_lists) | {"clock": clock})
    old.forget_old()
    assert [one.id for one in container.lists.stored.list_of(other)] == [kept]
    clock.advance(timedelta(days=2))
    old.forget_old()
    assert container.lists.stored.list_of(other) == []


def vars_of(service: ListService) -> dict[str, Any]:
    """Return the parts a service was built of."""
    return {name.removeprefix("_"): part for name, part in vars(service).items()}


class TestPages:
    """The same over HTTP."""

    @pytest.fixture
    def member(self, app: Flask) -> MadeMember:
        quick_passwords(app)
        with app.app_context():
            container.catalogue.writer.store([SANTI, SANTI_TW, HONGLOU, GILEAD])
        return make_member(app)

    @pytest.fixture
    def mine(self, page: PageClient, member: MadeMember) -> PageClient:
        login(page.http, member)
        return page

    def upload(self, page: PageClient, text: str = LIST) -> str:
        answer = page.post("/my/lists", {"file": (io.BytesIO(text.encode()), "list.csv")})
        return str(answer.headers["Location"])

    def test_a_list_is_brought_looked_at_corrected_and_wished_for(self, mine: PageClient) -> None:
        where = self.upload(mine)
        shown = mine.get(where)
        assert "一共 8 行" in shown.text
        assert " 请选一本 1" in " ".join(shown.text.split())
        mine.post(f"{where}/rows/3", {"said": SANTI_TW.isbn13}, on=where)
        mine.post(f"{where}/wish", on=where)
        done = " ".join(mine.get(where).text.split())
        assert "许愿了 3" in done
        assert "放好了" not in done
        assert "本来就在 2" in done
        mine.post(f"{where}/undo", on=where)
        assert "撤回了 3" in " ".join(mine.get(where).text.split())
        mine.post(f"{where}/forget", on=where)
        mine.get(where, status=404)

    def test_a_deleted_list_can_be_restored_for_a_while_then_it_is_gone_for_good(
        self, mine: PageClient, app: Flask, member: MadeMember, clock: FrozenClock
    ) -> None:
        where = self.upload(mine)
        mine.post(f"{where}/forget", on=where)
        assert "最近删除" in mine.get("/my/lists").text
        mine.get(where, status=404)
        assert mine.post(f"{where}/restore", on="/my/lists").location == where
        assert "一共 8 行" in mine.get(where).text
        assert "最近删除" not in mine.get("/my/lists").text
        mine.post(f"{where}/restore", on="/my/lists", status=404)
        mine.post(f"{where}/forget", on=where)
        clock.advance(timedelta(days=app.config["KEEP_DELETED_DAYS"]) - timedelta(seconds=1))
        login(mine.http, member)
        with app.app_context():
            job = next(job for job in container.operations.scheduler.jobs if job.name == "purge what is deleted")
            assert job.run() == 0
        assert "最近删除" in mine.get("/my/lists").text
        clock.advance(timedelta(seconds=1))
        with app.app_context():
            assert job.run() == 1
            assert (count_rows(BookList), count_rows(BookListRow)) == (0, 0)
        mine.post(f"{where}/restore", on="/my/lists", status=404)

    def test_pasted_numbers_are_a_list_too_and_can_be_offered(self, mine: PageClient) -> None:
        where = mine.post("/my/lists", {"text": "978-7-5366-9293-0\n9787020002207"}).headers["Location"]
        mine.post(f"{where}/offer", {"condition": "read", "postage": "meet"}, on=where)
        assert "放好了 2" in " ".join(mine.get(where).text.split())
        assert "粘贴的书单" in mine.get("/my/lists").text

    def test_the_rows_that_failed_come_as_a_file_that_can_be_corrected_and_brought_again(
        self, mine: PageClient
    ) -> None:
        where = self.upload(mine)
        text = mine.http.get(f"{where}/rejects.csv").get_data(as_text=True)
        header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
        assert header == ["书名", "作者", "ISBN", "原因"]
        assert [row[-1] for row in rows] == [
            "有好几本，请选一本", "没有找到这本书", "没有找到这本书", "ISBN 的校验位不对，可能有一位写错了。",
        ]  # fmt: skip
        again = self.upload(mine, text.replace("9787536692931", "9787536692930"))
        assert "一共 4 行" in mine.get(again).text
        assert "认出来了 1" in " ".join(mine.get(again).text.split())

    def test_it_speaks_english_and_shows_only_what_is_left_to_do(self, mine: PageClient) -> None:
        where = self.upload(mine)
        english = mine.http.get(f"{where}?show=todo", headers={"Accept-Language": "en"}).get_data(as_text=True)
        assert re.search(r"Row\s+5\b", english)
        assert not re.search(r"Row\s+1\b", english)

    def test_a_long_list_shows_how_far_it_has_come_and_goes_on_by_itself_or_by_hand(
        self, mine: PageClient, app: Flask
    ) -> None:
        parts = app.extensions["container"]
        parts.lists.lookup._now = chain([0, 0, 9], repeat(9)).__next__
        where = self.upload(mine, "书名,ISBN\n" + "红楼梦,9787020002207\n" * 60)
        text = mine.get(where).text
        assert "50 / 60" in text
        assert "全部许愿" not in text
        assert "data-goes-on" in mine.http.get(where).text
        del parts.lists.lookup
        del parts.lists.book_lists
        mine.post(f"{where}/sources", on=where)
        text = mine.get(where).text
        assert "50 / 60" not in text
        assert "全部许愿" in text

    def test_offering_a_long_list_goes_on_as_it_was_begun(self, mine: PageClient, app: Flask) -> None:
        where = self.upload(mine)
        parts = app.extensions["container"]
        parts.lists.book_lists._now = chain([0, 0], repeat(9)).__next__
        mine.post(f"{where}/offer", {"condition": "worn", "postage": "meet", "note": "盖了章"}, on=where)
        html = mine.http.get(where).text
        assert "1 / 4" in read(html).text
        fields = next(form for form in read(html).forms if "data-goes-on" in form)["fields"]
        assert fields["note"] == "盖了章"
        assert re.search(r'<option selected value="worn">', html)
        assert "data-goes-on" not in mine.http.get(where).text, "who comes back later presses the button"

    def test_rows_to_look_at_have_pages_of_their_own(self, mine: PageClient) -> None:
        where = self.upload(mine, "书名\n" + "".join(f"没有的书{number}\n" for number in range(120)))
        first, last = (" ".join(mine.get(f"{where}?show=todo&page={page}").text.split()) for page in (1, 3))
        assert "没有的书49" in first
        assert "没有的书50" not in first
        assert "没有的书119" in last

    def test_taking_back_a_long_list_goes_on_too(self, mine: PageClient, app: Flask) -> None:
        where = self.upload(mine)
        mine.post(f"{where}/wish", on=where)
        parts = app.extensions["container"]
        parts.lists.book_lists._now = chain([0, 0], repeat(9)).__next__
        mine.post(f"{where}/undo", on=where)
        html = mine.http.get(where).text
        assert "1 / 3" in read(html).text
        assert [form["action"] for form in read(html).forms if "data-goes-on" in form] == [f"{where}/undo"]

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({}, "里面一行也没有"),
            ({"text": "isbn,title"}, "里面一行也没有"),
            ({"file": (io.BytesIO(b"PK\x03\x04\x00\xff"), "books.xlsx")}, "这不像是文字"),
        ],
    )
    def test_what_is_no_list_is_refused_with_a_word_on_what_to_do(
        self, mine: PageClient, data: dict[str, Any], said: str
    ) -> None:
        assert said in mine.post("/my/lists", data, status=400).get_data(as_text=True)

    def test_a_list_of_somebody_else_is_not_found(self, mine: PageClient, app: Flask) -> None:
        where = self.upload(mine)
        login(mine.http, make_member(app, "别人"))
        mine.get(where, status=404)
        for act in ("rows/1", "offer", "wish", "undo", "sources", "forget", "restore"):
            mine.post(
                f"{where}/{act}", {"said": "x", "condition": "new", "postage": "meet"}, on="/my/lists", status=404
            )
        assert mine.http.get(f"{where}/rejects.csv").status_code == 404

    def test_a_visitor_is_asked_to_log_in_and_an_unconfirmed_member_to_confirm(
        self, page: PageClient, app: Flask, member: MadeMember
    ) -> None:
        assert page.http.get("/my/lists").status_code in {302, 303}
        login(page.http, make_member(app, "新来的", is_confirmed=False))
        where = self.upload(page)
        assert page.post(f"{where}/wish", on=where, status=403).status_code == 403
