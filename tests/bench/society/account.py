"""What came of it: read from the ledger, and from what the world knows better."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.db.sql_helper import SqlHelper, in_list
from tests.bench.society.colluders import Gang
from tests.bench.society.world import World


@dataclass(frozen=True, slots=True)
class Taken:
    """What a gang ended up with that no member gave them, in beans a head.

    `minted`, `covered`: what the mint and `cover` paid them, less what went back. `lied`: what `cover` paid to others for
    books that reached them. `books`: those that arrived.
    """

    size: int
    minted: float
    covered: float
    lied: float
    books: float

    @property
    def total(self) -> float:
        """All of it: what the mint and `cover` paid them and did not get back, and paid others for their lies."""
        return self.minted + self.covered + self.lied


@dataclass(frozen=True, slots=True)
class Repaid:
    """How many honest givers lost a parcel in earnest, and how many of them had their bean."""

    losses: int
    paid: int

    @property
    def share(self) -> float:
        """The paid ones' share."""
        return self.paid / self.losses if self.losses else 1.0


def count_taken(world: World, gang: Gang) -> Taken:
    """Count what a gang took."""
    sql, size = world.container.core.sql, len(gang.colluders)
    accounts = [f"member:{number}" for number in sorted(gang.accounts)]
    lied = _count_drifts(sql, world.falsely_claimed, "covered = 1", asked_by=gang.accounts)
    books = _count_drifts(sql, world.arrives, "1 = 1", asked_by=gang.accounts)
    return Taken(
        size,
        minted=_net_flow(sql, "mint", accounts) / 10 / size,
        covered=_net_flow(sql, "cover", accounts) / 10 / size,
        lied=lied / size,
        books=books / size,
    )


def count_repaid(world: World, givers: Collection[int]) -> Repaid:
    """Count parcels of some givers that were really lost and are over: paid by `cover`, or because they counted as received."""
    rows = world.container.core.sql.fetchall(
        "SELECT id, giver_id, covered = 1 OR state = 'received' FROM drift WHERE state IN ('lost', 'received')"
    )
    paid = [bool(is_paid) for drift, giver, is_paid in rows if drift in world.really_lost and giver in givers]
    return Repaid(len(paid), sum(paid))


def count_bonuses(world: World, members: Collection[int]) -> float:
    """Count the bonuses that some members had and kept, each on average."""
    accounts = [f"member:{number}" for number in sorted(members)]
    names, params = in_list("account", accounts)
    bonuses: int = world.container.core.sql.fetchvalue(
        "SELECT COALESCE(SUM(CASE WHEN source = 'mint' THEN 1 ELSE -1 END), 0) FROM bean_transfer "
        "WHERE kind IN ('bonus', 'bonus_back') "
        f"AND (target IN ({names}) OR source IN ({names}))",
        params,
    )
    return int(bonuses) / len(members)


def _net_flow(sql: SqlHelper, source: str, accounts: list[str]) -> int:
    names, params = in_list("account", accounts)
    flow: int = sql.fetchvalue(
        "SELECT COALESCE(SUM(CASE WHEN source = :source THEN amount ELSE -amount END), 0) FROM bean_transfer "
        f"WHERE (source = :source AND target IN ({names})) OR (target = :source AND source IN ({names}))",
        params | {"source": source},
    )
    return int(flow)


def _count_drifts(sql: SqlHelper, drifts: Collection[int], which: str, *, asked_by: Collection[int]) -> int:
    rows = sql.fetchall(f"SELECT id, requester_id FROM drift WHERE {which}")
    return sum(drift in drifts and requester in asked_by for drift, requester in rows)
