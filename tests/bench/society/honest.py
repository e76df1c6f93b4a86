"""Honest members: they list, ask, post what they promised, and say what happened. Their habits are assumptions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tests.bench.society.world import World

LOOKS_IN = 0.4  # of the days
LISTS_A_DAY = 8 / 365
ASKS_A_DAY = 8 / 365
REJECTS = 0.05
TRACKS = 0.5
PRESSES = 0.8  # of the days on which they look in after the book has come
CLAIMS_FROM = 16  # days


@dataclass
class Honest:
    """A member as most are.

    :ivar lost: the share of their parcels that gets lost in the post.
    :ivar club: the members with whom alone they deal; with everybody if it is empty.
    """

    member: int
    lost: float
    club: Collection[int] = ()

    def live(self, world: World) -> None:
        """Do a day's part of what a reader does in a year."""
        rng = world.rng
        if rng.random() < LISTS_A_DAY:
            self.offer(world)
        if rng.random() >= LOOKS_IN:
            return
        self._answer(world)
        self._look_after_own_parcels(world)
        self.ask(world)

    def offer(self, world: World) -> None:
        """List a book."""
        world.offer(self.member)

    def ask(self, world: World) -> None:
        """Ask for a book now and then."""
        rng = world.rng
        if rng.random() < ASKS_A_DAY / LOOKS_IN:
            shelf = [gift for gift in world.shelf if gift.giver in self.club] if self.club else world.shelf
            if shelf and (gift := rng.choice(shelf)).giver != self.member:
                world.ask(self.member, gift)

    def _answer(self, world: World) -> None:
        for parcel in world.waiting.get(self.member, ()):
            if world.rng.random() < REJECTS or (self.club and parcel.other not in self.club):
                world.reject(self.member, parcel)
                continue
            tracked = world.rng.random() < TRACKS
            if world.rng.random() < self.lost:
                world.post(self.member, parcel, arrives_in=None, tracked=tracked)
                world.really_lost.add(parcel.drift)
            else:
                world.post(self.member, parcel, arrives_in=world.rng.randint(2, 8), tracked=tracked)

    def _look_after_own_parcels(self, world: World) -> None:
        for parcel in world.mailed.get(self.member, ()):
            if world.has_arrived(parcel):
                if world.rng.random() < PRESSES:
                    world.receive(self.member, parcel)
            elif parcel.days >= CLAIMS_FROM:
                world.claim_lost(self.member, parcel)
