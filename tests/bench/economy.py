"""`bench economy`: what colluders take out of the exchange in a year, and whether honest givers are paid for real losses.

The real services run on a real database with a moved clock. Another rule is tried by adding an actor or a tactic to
`tests/bench/society`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import click

from app.domain.circle import Circles
from tests.bench.society.account import Repaid, Taken, count_repaid, count_taken
from tests.bench.society.colluders import Gang, Tactic
from tests.bench.society.honest import Honest
from tests.bench.society.world import World, make_world

SIZES = (2, 5, 20)


class Credulous(Circles):
    """The rule without circles: every reader vouches, and only those who give to each other are left out."""

    def is_closed(self, persons: Collection[int]) -> bool:
        """Take nobody for a circle."""
        return not persons

    def count_witnesses(self, giver: int, *, enough: int) -> int:
        """Count every reader."""
        return len(self._acquaintance.readers_of({giver}, but={giver}, limit=enough)) if enough else 0


@dataclass(frozen=True, slots=True)
class Year:
    """What came of one simulated year."""

    taken: Sequence[Taken]
    repaid: Repaid
    honest_books: float
    breaches: int


def simulate(
    *,
    tactics: frozenset[Tactic],
    honest: int,
    days: int,
    sizes: Sequence[int] = SIZES,
    seed: int = 1,
    credulous: bool = False,
) -> Year:
    """Let gangs of these sizes live beside honest members, one gang of each size, and count what came of it."""
    with make_world(seed) as world:
        if credulous:
            world.container.circles = Credulous(world.container.circles._acquaintance)
        readers = [Honest(world.join(f"reader{number}@example.org")) for number in range(honest)]
        gangs = [Gang(f"gang{size}", tactics) for size in sizes]
        for gang, size in zip(gangs, sizes, strict=True):
            gang.recruit(world, size)
        actors = [*readers, *(colluder for gang in gangs for colluder in gang.colluders)]
        for _day in range(days):
            world.begin_day()
            world.luck.shuffle(actors)
            for actor in actors:
                actor.live(world)
        return Year(
            [count_taken(world, gang) for gang in gangs],
            count_repaid(world, gangs),
            _count_books(world, readers) / honest,
            len(list(world.container.ledger_book.breaches(world.container.numbers))),
        )


def _count_books(world: World, readers: Sequence[Honest]) -> int:
    members = {reader.member for reader in readers}
    rows = world.container.sql.fetchall("SELECT id, requester_id FROM drift WHERE mailed_at IS NOT NULL")
    return sum(drift in world.arrives and requester in members for drift, requester in rows)


_CASES = (
    ("the same, were there no circles", frozenset(Tactic), True),
    ("receipts and losses among themselves", frozenset({Tactic.CIRCLE}), False),
    ("that, false parcels, false claims, new accounts", frozenset(Tactic), False),
)


@click.command("economy")
@click.option("--honest", default=400, show_default=True, help="Honest members.")
@click.option("--days", default=365, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--only", default="", help="Only the cases whose name holds this.")
def economy(honest: int, days: int, seed: int, only: str) -> None:
    """Simulate gangs of 2, 5 and 20 colluders among honest members, and print what they take a head and who is paid."""
    began = time.monotonic()
    for line in table(honest=honest, days=days, seed=seed, only=only):
        click.echo(line)
    click.echo(f"\n{honest} honest members, {days} days, seed {seed}: {time.monotonic() - began:.0f} s", err=True)


def table(*, honest: int, days: int, seed: int, only: str = "") -> Iterator[str]:
    """Write the table, a line as soon as it is known."""
    yield "| what they do | colluders | beans a head | of the mint | of cover | for lies | books a head | real losses paid | books of an honest member |"
    yield "|---|---|---|---|---|---|---|---|---|"
    cases = [case for case in _CASES if only in case[0]]
    with ProcessPoolExecutor(min(len(cases), os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        years = [
            pool.submit(simulate, tactics=tactics, honest=honest, days=days, seed=seed, credulous=credulous)
            for _name, tactics, credulous in cases
        ]
        for (name, _tactics, _credulous), year in zip(cases, years, strict=True):
            yield from _lines(name, year.result())


def _lines(name: str, year: Year) -> Iterator[str]:
    if year.breaches:
        raise click.ClickException(f"the ledger is broken in {year.breaches} places")
    for taken in year.taken:
        yield (
            f"| {name} | {taken.size} | **{taken.total:.1f}** | {taken.minted:.1f} | {taken.covered:.1f} | {taken.lied:.1f} "
            f"| {taken.books:.1f} | {year.repaid.share:.0%} of {year.repaid.losses} | {year.honest_books:.1f} |"
        )
