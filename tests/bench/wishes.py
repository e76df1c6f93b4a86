"""A part of `bench economy`: how many books reach readers, and how long they wait, with wishes for one edition and for any edition.

The real services run on a real database with a moved clock. Members list and wish for books of the starter catalogue, the popular ones
more often, in whichever edition they meet; their habits are assumptions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from multiprocessing import get_context

from app.domain.book import BookFacts
from app.domain.errors import Refusal
from app.domain.wish import WishScope
from app.domain.work import WorkKey, work_key
from app.services.exchange.gifts import Offer
from tests.bench.society.honest import Honest
from tests.bench.society.world import OnShelf, World, make_world
from tests.golden.starter import read_starter

WORKS = 300
WISHES_A_DAY = 8 / 365
LOST = 0.01
_SECONDS_OF_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of some time: wishes made, those fulfilled, and the days that the median and the slowest tenth of these waited."""

    wishes: int
    fulfilled: int
    median: float
    slowest_tenth: float


class Demand:
    """Draws works as readers do, the n-th most popular 1/n as often as the first, and an edition of each by chance."""

    def __init__(self, works: Sequence[Sequence[str]]) -> None:
        self._works = works
        self._weights = list(accumulate(1 / number for number in range(1, len(works) + 1)))

    def draw(self, world: World) -> str:
        """Return the ISBN of an edition."""
        [work] = world.rng.choices(self._works, cum_weights=self._weights)
        return world.rng.choice(work)


class Reader(Honest):
    """A member who lists what they have read, wishes for what they want, and asks for it when it can be had."""

    def __init__(self, member: int, demand: Demand, scope: WishScope) -> None:
        super().__init__(member, LOST)
        self._demand = demand
        self._scope = scope

    def live(self, world: World) -> None:
        """Do a day's part of what a reader does in a year."""
        if world.rng.random() < WISHES_A_DAY:
            with suppress(Refusal):
                world.container.exchange.wishes.wish_for(self.member, self._demand.draw(world), self._scope)
        super().live(world)

    def offer(self, world: World) -> None:
        """List a book as it comes to hand."""
        with suppress(Refusal):
            world.container.exchange.gifts.offer(self.member, self._demand.draw(world), Offer())

    def ask(self, world: World) -> None:
        """Ask for what is wished and can be had, on the days on which one looks in."""
        for wish in world.container.exchange.listings.list_wishes(self.member, limit=50, offset=0):
            if wish.gift_id is not None and wish.state == "open":
                world.ask(self.member, OnShelf(wish.gift_id, 0))


def simulate_wishes(scope: WishScope, *, members: int, days: int, seed: int) -> Delivered:
    """Let readers live for some days with wishes of one scope, and count what reached them."""
    works = _popular_works()
    with make_world(seed, [book for work in works for book in work]) as world:
        demand = Demand([[book.isbn13 for book in work] for work in works])
        world.run([Reader(world.join(f"r{number}@example.org"), demand, scope) for number in range(members)], days)
        rows = world.container.core.sql.fetchall(
            "SELECT w.create_time, d.mailed_at FROM wish w LEFT JOIN drift d ON d.id = w.drift_id AND w.state = 'fulfilled'"
        )
    waited = sorted((mailed - made) / _SECONDS_OF_A_DAY for made, mailed in rows if mailed is not None)
    middle, late = (waited[int(len(waited) * share)] if waited else 0.0 for share in (0.5, 0.9))
    return Delivered(len(rows), len(waited), middle, late)


def _popular_works() -> list[list[BookFacts]]:
    works: defaultdict[WorkKey, list[BookFacts]] = defaultdict(list)
    for book in read_starter():
        works[work_key(book)].append(book)
    return sorted(
        works.values(), key=lambda work: (-max(book.popularity for book in work), -len(work), work[0].isbn13)
    )[:WORKS]


def wishes_table(*, members: int, days: int, seed: int) -> Iterator[str]:
    """Write the table."""
    yield "| wishes for | made | fulfilled | median wait, days | slowest tenth from, days |"
    yield "|---|---|---|---|---|"
    scopes = (WishScope.EDITION, WishScope.LANGUAGE)
    with ProcessPoolExecutor(len(scopes), mp_context=get_context("spawn")) as pool:
        runs = [pool.submit(simulate_wishes, scope, members=members, days=days, seed=seed) for scope in scopes]
        for name, run in zip(("one edition", "any edition"), runs, strict=True):
            found = run.result()
            yield f"| {name} | {found.wishes} | {found.fulfilled} | {found.median:.0f} | {found.slowest_tenth:.0f} |"
