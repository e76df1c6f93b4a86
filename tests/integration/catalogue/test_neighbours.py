"""Works on the same members' lists are neighbours: of twenty persons and more, in whichever order they are counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from itertools import permutations
from random import Random

import pytest

from app.container import Container
from app.domain.gift import GiftState
from app.domain.neighbours import FEWEST_PERSONS, MOST_NEIGHBOURS
from app.domain.wish import WishState
from app.extensions import db
from app.libs.clock import FrozenClock
from app.models.book import Work, WorkNeighbour
from app.models.drift import Drift
from app.models.gift import Gift, Wish
from app.models.user import User
from app.queries import neighbours as queries
from app.services.catalogue import neighbours
from app.services.catalogue.neighbours import Neighbours
from tests.support.rows import add_row, list_rows, make_row

Rows = set[tuple[int, int, int]]
#: States of gifts and wishes that do not count.
GONE = {"withdrawn", "hidden", "joined"}


@pytest.fixture
def counting(box: Container, clock: FrozenClock) -> Neighbours:
    return Neighbours(box.core.sql, box.catalogue.neighbour_queries, box.catalogue.work_queries, clock)


class Site:
    """Works and members, without books: the lists are all that counts."""

    def __init__(self) -> None:
        self.persons: dict[int, int] = {}
        self.works: list[int] = []

    def add_works(self, count: int) -> list[int]:
        with db.auto_commit():
            return [make_row(Work).id for _ in range(count)]

    def add_members(self, count: int, **values: int) -> list[int]:
        with db.auto_commit():
            found = []
            for _ in range(count):
                user = make_row(User, **values)
                if user.person_id is None:
                    user.person_id = user.id
                self.persons[user.id] = user.person_id
                found.append(user.id)
        return found

    @staticmethod
    def wish(members: Iterable[int], *works: int, state: str = "open", scope: str = "edition", time: int = 1) -> None:
        with db.auto_commit():
            for member in members:
                for work in works:
                    add_row(Wish, user_id=member, work_id=work, state=state, scope=scope, create_time=time)

    @staticmethod
    def give(members: Iterable[int], work: int, *, state: str = "open", reader: int | None = None) -> None:
        with db.auto_commit():
            for member in members:
                gift = make_row(Gift, user_id=member, work_id=work, state=state)
                if reader is not None:
                    add_row(Drift, gift_id=gift.id, requester_id=reader, giver_id=member, state="received", ended_at=1)


@pytest.fixture
def site(box: Container) -> Site:
    return Site()


def stored() -> Rows:
    return {(row.work_id, row.other_id, row.members) for row in list_rows(WorkNeighbour)}


def both_ways(one: int, other: int, members: int) -> Rows:
    return {(one, other, members), (other, one, members)}


def test_twenty_persons_make_two_works_neighbours_and_nineteen_do_not(site: Site, counting: Neighbours) -> None:
    first, second, third = site.add_works(3)
    members = site.add_members(FEWEST_PERSONS)
    site.wish(members, first, second)
    site.wish(members[1:], third)
    counting.count_all()
    assert stored() == both_ways(first, second, FEWEST_PERSONS)


@pytest.mark.parametrize("state", ["withdrawn", "hidden"])
def test_gifts_wishes_and_received_books_count_and_what_was_taken_back_does_not(
    site: Site, counting: Neighbours, state: str
) -> None:
    one, other = site.add_works(2)
    members = site.add_members(FEWEST_PERSONS)
    wishers, givers, readers = members[:8], members[8:16], members[16:]
    giver = site.add_members(1)
    site.wish(wishers, one, state="fulfilled")
    site.give(givers, one)
    for reader in readers:
        site.give(giver, one, state="launched", reader=reader)
    site.wish(members, other, scope="language")
    counting.count_all()
    assert stored() == both_ways(one, other, FEWEST_PERSONS)
    with db.auto_commit():
        Gift.query.filter_by(user_id=givers[0]).update({"state": state})
    counting.count_all()
    assert stored() == set()


@pytest.mark.parametrize("values", [{"disabled_at": 5}, {"status": 0, "deleted_at": 5}, {"person_id": None}])
def test_who_leaves_or_is_put_out_reduces_the_counts_at_the_next_round(
    site: Site, counting: Neighbours, values: dict[str, int]
) -> None:
    one, other = site.add_works(2)
    members = site.add_members(FEWEST_PERSONS + 1)
    site.wish(members, one, other, state="fulfilled")
    counting.count_all()
    assert stored() == both_ways(one, other, FEWEST_PERSONS + 1)
    for member, left in ((members[0], both_ways(one, other, FEWEST_PERSONS)), (members[-1], set())):
        with db.auto_commit():
            User.query.with_deleted().filter_by(id=member).update(values)
        counting.count_all()
        assert stored() == left


def test_accounts_of_one_person_count_once(site: Site, counting: Neighbours) -> None:
    one, other = site.add_works(2)
    members = site.add_members(FEWEST_PERSONS - 1)
    site.wish([*members, *site.add_members(5, person_id=members[0])], one, other)
    counting.count_all()
    assert stored() == set()


def test_a_work_is_no_neighbour_of_its_family_nor_of_itself(site: Site, counting: Neighbours) -> None:
    original, translation, another = works = site.add_works(3)
    with db.auto_commit():
        Work.query.filter_by(id=translation).update({"family_id": original})
    site.wish(site.add_members(FEWEST_PERSONS), *works)
    counting.count_all()
    assert stored() == both_ways(original, another, 20) | both_ways(translation, another, 20)


def test_of_many_neighbours_those_of_most_members_are_kept(site: Site, counting: Neighbours) -> None:
    first, *others = site.add_works(MOST_NEIGHBOURS + 4)
    members = site.add_members(FEWEST_PERSONS + 1)
    site.wish(members, first, *others)
    site.wish(site.add_members(1), first, *others[-2:])
    counting.count_all()
    kept = {other: shared for work, other, shared in stored() if work == first}
    assert kept == dict.fromkeys(others[: MOST_NEIGHBOURS - 2], FEWEST_PERSONS + 1) | dict.fromkeys(
        others[-2:], FEWEST_PERSONS + 2
    )


def test_only_the_newest_entries_of_a_member_are_looked_at(site: Site, counting: Neighbours) -> None:
    one, other, *later = site.add_works(2 + queries.MOST_ENTRIES)
    members = site.add_members(FEWEST_PERSONS)
    site.wish(members, one, other)
    site.wish(members[:1], *later, time=9)
    counting.count_all()
    assert stored() == set()


def random_site(site: Site, seed: int, *, second_accounts: bool = False) -> dict[int, set[int]]:
    """Fill a site with random lists, and return the persons who have each work."""
    rng = Random(seed)
    persons: defaultdict[int, set[int]] = defaultdict(set)
    members = site.add_members(36)
    if second_accounts:
        members += [*site.add_members(6, person_id=members[0]), *site.add_members(4, person_id=members[1])]
    closed = {*site.add_members(4, disabled_at=3), *site.add_members(4, status=0, deleted_at=3)}
    listings = [(Wish, state) for state in WishState] + [(Gift, state) for state in GiftState]
    with db.auto_commit():
        for work in site.works:
            for member in rng.sample([*members, *closed], rng.randint(25, 44)):
                model, state = rng.choices(listings, [9, 5, 1, 1, 9, 2, 5, 2, 1, 1])[0]
                add_row(model, user_id=member, work_id=work, state=state.value, create_time=rng.randint(1, 50))
                if state.value not in GONE and member not in closed:
                    persons[work].add(site.persons[member])
    return persons


def shared_by_twenty(persons: dict[int, set[int]]) -> dict[tuple[int, int], int]:
    """Return what each two works share, the plain way."""
    counts = {pair: len(persons[pair[0]] & persons[pair[1]]) for pair in permutations(persons, 2)}
    return {pair: members for pair, members in counts.items() if members >= FEWEST_PERSONS}


@pytest.mark.parametrize("seed", range(3))
def test_rows_are_the_pairs_that_twenty_persons_share_and_no_others(
    site: Site, counting: Neighbours, seed: int
) -> None:
    site.works = site.add_works(10)
    expected = shared_by_twenty(random_site(site, seed))
    counting.count_all()
    assert {row[:2]: row[2] for row in stored()} == expected != {}


@pytest.mark.parametrize("seed", range(3))
def test_where_not_all_are_looked_at_no_row_tells_of_more_persons_than_share_a_pair(
    site: Site, counting: Neighbours, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_PERSONS", 28)
    monkeypatch.setattr(queries, "MOST_ENTRIES", 8)
    site.works = site.add_works(10)
    expected = shared_by_twenty(random_site(site, seed, second_accounts=True))
    counting.count_all()
    assert all(FEWEST_PERSONS <= members <= expected[one, other] for one, other, members in stored())


def test_neither_the_spans_nor_a_second_run_change_anything(
    site: Site, counting: Neighbours, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.works = site.add_works(10)
    random_site(site, 3)
    counting.count_all()
    rows = list_rows(WorkNeighbour)
    found = stored()
    assert found
    clock.advance(timedelta(days=1))
    counting.count_all()
    assert list_rows(WorkNeighbour) == rows, "not even when they were written"
    with db.auto_commit():
        WorkNeighbour.query.delete()
    monkeypatch.setattr(neighbours, "SPAN_IDS", 3)
    monkeypatch.setattr(neighbours, "SPAN_WORKS", 2)
    counting.count_all()
    assert stored() == found
    with db.auto_commit():
        WorkNeighbour.query.delete()
    for after in range(max(row.work_id for row in rows), -1, -1):
        counting._count_next(after)
    assert stored() == found


def test_a_round_goes_on_where_it_was_stopped_and_begins_once_a_day(
    site: Site, counting: Neighbours, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "SPAN_WORKS", 1)
    monkeypatch.setattr(neighbours, "TURN_SPANS", 1)
    one, other = site.add_works(2)
    members = site.add_members(FEWEST_PERSONS)
    site.wish(members, one, other)
    counting.take_turn()
    assert stored() == {(one, other, FEWEST_PERSONS)}
    counting.take_turn()
    assert stored() == both_ways(one, other, FEWEST_PERSONS)
    for _ in range(3):
        counting.take_turn()
    site.wish(members, *site.add_works(1))
    counting.take_turn()
    assert len(stored()) == 2
    clock.advance(timedelta(days=1))
    for _ in range(4):
        counting.take_turn()
    assert len(stored()) == 6
