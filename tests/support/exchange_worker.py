"""Run by a test in a process of its own: members trade as fast as they can, in children that the test kills.

Arguments: a data folder and a database's address. Each line of the input is a seed, for which a child is born; before them a 0, which warms up. The output says
``born <process id>``, then each step that was answered, written after its transaction was committed: ``<state> <drift id>``,
and at last ``ended``. Children come by fork, so that ten thousand steps are not mostly imports.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
from pathlib import Path

from app.domain.drift import DriftState
from app.domain.errors import Refusal
from app.extensions import pool_of
from app.models.book import Book
from app.models.drift import Drift
from app.models.gift import Gift
from app.models.user import User
from app.services.exchange.drifts import Ask
from app.services.exchange.gifts import Offer
from tests.support.apps import make_app
from tests.support.rows import list_rows

THREADS = 3
WARMING = 80  # steps


def answer(line: str) -> None:
    """Answer in one write: a line this short is there as a whole or not at all."""
    os.write(1, f"{line}\n".encode())


class Trader:
    """One thread of members' acts."""

    def __init__(self, container, seed: int) -> None:
        self.parts = container
        self.random = random.Random(seed)
        self.members = [account.id for account in list_rows(User)]
        self.books = [book.isbn13 for book in list_rows(Book)][:4]

    def step(self) -> None:
        waiting = self._rows("waiting")
        mailed = self._rows("mailed")
        disputed = self._rows("disputed")
        act = self.random.random()
        if act < 0.12:
            self.parts.exchange.gifts.offer(self.random.choice(self.members), self.random.choice(self.books), Offer())
        elif waiting and act < 0.3:
            drift, giver, _reader = self.random.choice(waiting)
            self.parts.exchange.drifts.reject(giver, drift, reason="这次不方便")
            answer(f"rejected {drift}")
        elif waiting and act < 0.45:
            drift, _giver, reader = self.random.choice(waiting)
            self.parts.exchange.drifts.withdraw(reader, drift)
            answer(f"withdrawn {drift}")
        elif waiting and act < 0.6:
            drift, giver, _reader = self.random.choice(waiting)
            self.parts.exchange.drifts.post(giver, drift)
            answer(f"mailed {drift}")
        elif mailed and act < 0.7:
            drift, _giver, reader = self.random.choice(mailed)
            self.parts.exchange.drifts.receive(reader, drift)
            answer(f"received {drift}")
        elif disputed and act < 0.72:
            drift, _giver, _reader = self.random.choice(disputed)
            self.parts.exchange.moderation.decide(None, drift, DriftState.CANCELLED, reason="看过了")
            answer(f"cancelled {drift}")
        else:
            self._request()

    def _request(self) -> None:
        gifts = list_rows(Gift, state="open")[-40:]
        if gifts:
            reader, gift = self.random.choice(self.members), self.random.choice(gifts)
            drift = self.parts.exchange.drifts.request(reader, gift.id, Ask(recipient=None, message="楼下见"))
            answer(f"waiting {drift}")

    def _rows(self, state: str) -> list[tuple[int, int, int]]:
        """List the newest drifts in a state, each with giver and requester."""
        return [(drift.id, drift.giver_id, drift.requester_id) for drift in list_rows(Drift, state=state)[-20:]]

    def try_a_step(self) -> None:
        try:
            self.step()
        except Refusal:
            pass
        except Exception as error:  # noqa: BLE001 - the test decides which ones may be
            answer(f"error {type(error).__name__}: {' '.join(str(error).split())}")


def trade(app, seed: int) -> None:
    with app.app_context():
        trader = Trader(app.extensions["container"], seed)
        while True:
            trader.try_a_step()


def warm_up(app) -> None:
    """Let every statement be compiled before children are born, which inherit that; they open connections of their own."""
    with app.app_context():
        trader = Trader(app.extensions["container"], 0)
        for _step in range(WARMING):
            trader.try_a_step()
    pool_of(app).close()


def main(folder: str, url: str) -> None:
    app = make_app(Path(folder), url, LOG_LEVEL="error")
    for line in sys.stdin:
        if int(line) == 0:
            warm_up(app)
            answer("ended")
            continue
        child = os.fork()
        if child == 0:
            for number in range(THREADS):
                threading.Thread(target=trade, args=(app, int(line) * 100 + number)).start()
            signal.pause()
        answer(f"born {child}")
        os.waitpid(child, 0)
        answer("ended")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
