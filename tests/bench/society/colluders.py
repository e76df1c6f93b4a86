"""Colluders: accounts of one will, who want books and give none, or one as a bait. Each tactic adds to what they do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tests.bench.society.world import HOME, IN_PERSON, OnShelf, Parcel, World

LISTINGS = 14  # as many as could ever pay a bonus, and some to play with
LISTS_A_DAY = 0.1
SHAMS_A_DAY = 0.05
INNER_LOSSES_A_DAY = 0.01
TAKES_A_DAY = 0.2
TAKES_FROM_DAY = 40
COMES_BACK_EVERY = 45  # days
CLAIMS_FROM = 15  # days
BAIT_ARRIVES_IN = 4  # days


class Tactic(StrEnum):
    """What a gang does besides listing books that do not exist and asking for books that do."""

    CIRCLE = "receipts and losses among themselves"
    FAKES = "parcels to strangers that hold nothing"
    CLAIMS = "books that arrived are said to be lost"
    RETURNS = "accounts deleted and made again"
    BAIT = "one book really given, by one of them, whose receipts then speak for all"


@dataclass
class Gang:
    """Some colluders and what they agreed on. `accounts` are all that they ever had."""

    name: str
    tactics: frozenset[Tactic]
    colluders: list[Colluder] = field(default_factory=list)
    accounts: set[int] = field(default_factory=set)
    members: set[int] = field(default_factory=set)
    #: Drifts among themselves that are to end as a loss.
    inner_losses: set[int] = field(default_factory=set)
    has_given: bool = False

    def recruit(self, world: World, size: int) -> None:
        """Let so many colluders join, each with a mailbox."""
        for number in range(size):
            colluder = Colluder(self, f"{self.name}.{number}@example.net")
            colluder.join(world)
            self.colluders.append(colluder)


@dataclass
class Colluder:
    """One of a gang."""

    gang: Gang
    email: str
    member: int = 0
    listed: int = 0
    has_claimed: bool = False

    def join(self, world: World) -> None:
        """Make the first account, or the next one."""
        self.member = world.join(self.email)
        self.listed = 0
        self.gang.accounts.add(self.member)
        self.gang.members.add(self.member)

    def live(self, world: World) -> None:
        """Do a day's part of the plan."""
        tactics = self.gang.tactics
        if Tactic.RETURNS in tactics and world.day % COMES_BACK_EVERY == 0 and self._has_no_bean(world):
            self._leave(world)
            self.join(world)
            return
        if self.listed < LISTINGS and world.rng.random() < LISTS_A_DAY:
            world.offer(self.member)
            self.listed += 1
        for parcel in world.waiting.get(self.member, ()):
            self._answer(world, parcel)
        for parcel in world.mailed.get(self.member, ()):
            self._look_after(world, parcel)
        if Tactic.CIRCLE in tactics:
            self._trade_among_ourselves(world)
        if world.day >= TAKES_FROM_DAY and world.rng.random() < TAKES_A_DAY:
            self._take(world)

    def _answer(self, world: World, parcel: Parcel) -> None:
        """Report that it is posted: to one of us a sham, to a stranger once a book, then nothing, or nothing at all."""
        is_ours = parcel.other in self.gang.members
        if not is_ours and Tactic.BAIT in self.gang.tactics and not self.gang.has_given:
            world.post(self.member, parcel, arrives_in=BAIT_ARRIVES_IN)
            self.gang.has_given = True
        elif is_ours or Tactic.FAKES in self.gang.tactics:
            world.post(self.member, parcel, arrives_in=None)
        else:
            world.reject(self.member, parcel)

    def _look_after(self, world: World, parcel: Parcel) -> None:
        if parcel.other in self.gang.members:
            if parcel.drift not in self.gang.inner_losses:
                world.receive(self.member, parcel)
            elif parcel.days >= CLAIMS_FROM:
                world.claim_lost(self.member, parcel)
        elif world.has_arrived(parcel):
            lies = Tactic.CLAIMS in self.gang.tactics and not self.has_claimed and not parcel.tracked
            if not lies:
                world.receive(self.member, parcel)
            elif parcel.days >= CLAIMS_FROM:
                world.claim_lost(self.member, parcel)
                self.has_claimed = True
        elif parcel.days >= CLAIMS_FROM:
            world.claim_lost(self.member, parcel)

    def _trade_among_ourselves(self, world: World) -> None:
        draw = world.rng.random()
        if draw >= SHAMS_A_DAY + INNER_LOSSES_A_DAY:
            return
        ours = [gift for gift in world.shelf if gift.giver in self.gang.members and gift.giver != self.member]
        if not ours:
            return
        gift = world.rng.choice(ours)
        if draw < SHAMS_A_DAY:
            world.ask(self.member, gift, IN_PERSON)
        elif (drift := world.ask(self.member, gift)) is not None:
            self.gang.inner_losses.add(drift)

    def _take(self, world: World) -> None:
        """Ask for a stranger's book if there is a bean for it."""
        strangers = [gift for gift in world.shelf if gift.giver not in self.gang.members]
        if strangers and not self._has_no_bean(world):
            gift: OnShelf = world.rng.choice(strangers)
            world.ask(self.member, gift, HOME)

    def _has_no_bean(self, world: World) -> bool:
        return world.container.exchange.ledger_queries.get_balance(self.member) < 10

    def _leave(self, world: World) -> None:
        world.container.members.leaving.delete(self.member)
        self.gang.members.discard(self.member)
