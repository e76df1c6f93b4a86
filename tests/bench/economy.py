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
from tests.bench.society.account import Repaid, Taken, count_bonuses, count_repaid, count_taken
from tests.bench.society.colluders import Gang, Tactic
from tests.bench.society.honest import Honest
from tests.bench.society.world import World, make_world
from tests.bench.wishes import wishes_table

SIZES = (2, 5, 20)
CLUBS = (15, 30)


class Credulous(Circles):
    """The rule without circles: every reader vouches."""

    def count_witnesses(self, giver: int, *, enough: int) -> int:
        """Count every reader."""
        return len(self._acquaintance.list_readers({giver}, but={giver}, limit=enough)) if enough else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is tried: the share of honest parcels that gets lost, what gangs do, and whether the rule sees circles."""

    name: str
    lost: float
    tactics: frozenset[Tactic] = frozenset(Tactic)
    credulous: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What became of some honest members in the year: their real losses, the books they had and the bonuses, each."""

    size: int
    repaid: Repaid
    books: float
    bonuses: float


@dataclass(frozen=True, slots=True)
class Year:
    """What came of one simulated year."""

    taken: Sequence[Taken]
    everybody: Group
    clubs: Sequence[Group]
    breaches: int


def simulate(
    case: Case, *, honest: int, days: int, sizes: Sequence[int] = SIZES, clubs: Sequence[int] = (), seed: int = 1
) -> Year:
    """Let gangs and honest clubs of these sizes live next to honest members for some days, and count what came of it."""
    with make_world(seed) as world:
        if case.credulous:
            world.container.exchange.circles = Credulous(world.container.exchange.circles._acquaintance)
        readers = [world.join(f"reader{number}@example.org") for number in range(honest)]
        actors: list[Honest] = [Honest(member, case.lost) for member in readers]
        members = [
            frozenset(world.join(f"club{number}.{n}@example.org") for n in range(size))
            for number, size in enumerate(clubs)
        ]
        actors += [Honest(member, case.lost, club) for club in members for member in sorted(club)]
        gangs = [Gang(f"gang{size}", case.tactics) for size in sizes]
        for gang, size in zip(gangs, sizes, strict=True):
            gang.recruit(world, size)
        world.run([*actors, *(colluder for gang in gangs for colluder in gang.colluders)], days)
        return Year(
            [count_taken(world, gang) for gang in gangs],
            _count_group(world, frozenset(readers)),
            [_count_group(world, club) for club in members],
            len(list(world.container.exchange.ledger_queries.list_breaches(world.container.exchange.policy))),
        )


def _count_group(world: World, members: Collection[int]) -> Group:
    rows = world.container.core.sql.fetchall("SELECT id, requester_id FROM drift WHERE mailed_at IS NOT NULL")
    books = sum(drift in world.arrives and requester in members for drift, requester in rows)
    size = len(members)
    return Group(size, count_repaid(world, members), books / size, count_bonuses(world, members))


_CASES = (
    Case(name="1 % of parcels lost", lost=0.01),
    Case(name="2 % lost", lost=0.02),
    Case(name="5 % lost", lost=0.05),
    Case(name="5 % lost, the rule without circles", lost=0.05, credulous=True),
)


@click.command("economy")
@click.option("--honest", default=400, show_default=True, help="Honest members.")
@click.option("--days", default=365, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--only", default="", help="Only the cases whose name begins with this, or wishes.")
def economy(honest: int, days: int, seed: int, only: str) -> None:
    """Simulate gangs of 2, 5 and 20 colluders and two clubs among honest members; print what they take and who is paid.

    Then readers who wish for one edition, and readers who wish for any: how many books reach them, and when.
    """
    began = time.monotonic()
    for line in table(honest=honest, days=days, seed=seed, only=only):
        click.echo(line)
    if "wishes".startswith(only):
        click.echo("")
        for line in wishes_table(members=honest, days=days, seed=seed):
            click.echo(line)
    click.echo(f"\n{honest} honest members, {days} days, seed {seed}: {time.monotonic() - began:.0f} s", err=True)


def table(*, honest: int, days: int, seed: int, only: str = "") -> Iterator[str]:
    """Write the table, some lines as soon as a case is known."""
    cases = [case for case in _CASES if case.name.startswith(only)]
    if not cases:
        return
    yield "| case | who | beans a head | of the mint | of cover | for lies | bonuses | books | real losses paid |"
    yield "|---|---|---|---|---|---|---|---|---|"
    with ProcessPoolExecutor(min(len(cases), os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        years = [pool.submit(simulate, case, honest=honest, days=days, clubs=CLUBS, seed=seed) for case in cases]
        for case, year in zip(cases, years, strict=True):
            yield from _lines(case, year.result())


def _lines(case: Case, year: Year) -> Iterator[str]:
    if year.breaches:
        raise click.ClickException(f"the ledger is broken in {year.breaches} places")
    for taken in year.taken:
        yield (
            f"| {case.name} | {taken.size} colluders | **{taken.total:.1f}** | {taken.minted:.1f} | {taken.covered:.1f} "
            f"| {taken.lied:.1f} | | {taken.books:.1f} | |"
        )
    for who, group in (("honest members", year.everybody), *(("in an honest club", club) for club in year.clubs)):
        yield (
            f"| {case.name} | {group.size} {who} | | | | | {group.bonuses:.1f} | {group.books:.1f} "
            f"| **{group.repaid.share:.0%}** of {group.repaid.losses} |"
        )
