"""Run by a test in a process of its own, to be killed: members trade as fast as they can.

Arguments: a data folder, a database's address, a seed. Each line of the output is a step that was answered, written after
its transaction was committed: ``<state> <drift id>``.
"""

from __future__ import annotations

import random
import sys
import threading
from pathlib import Path

from app.domain.drift import State
from app.domain.errors import Refusal
from app.services.drifts import Ask
from app.services.gifts import Offer
from tests.conftest import make_app

THREADS = 3
_output = threading.Lock()


def answer(line: str) -> None:
    with _output:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


class Trader:
    """One thread of members' acts."""

    def __init__(self, container, seed: int) -> None:
        self.parts = container
        self.random = random.Random(seed)
        self.members = [row[0] for row in container.sql.fetchall("SELECT id FROM user ORDER BY id")]
        self.books = [row[0] for row in container.sql.fetchall("SELECT isbn13 FROM book ORDER BY id")][:4]

    def step(self) -> None:
        waiting = self._rows("waiting")
        mailed = self._rows("mailed")
        disputed = self._rows("disputed")
        act = self.random.random()
        if act < 0.12:
            self.parts.gifts.offer(self.random.choice(self.members), self.random.choice(self.books), Offer())
        elif waiting and act < 0.3:
            drift, giver, _reader = self.random.choice(waiting)
            self.parts.drifts.reject(giver, drift, reason="这次不方便")
            answer(f"rejected {drift}")
        elif waiting and act < 0.45:
            drift, _giver, reader = self.random.choice(waiting)
            self.parts.drifts.withdraw(reader, drift)
            answer(f"withdrawn {drift}")
        elif waiting and act < 0.6:
            drift, giver, _reader = self.random.choice(waiting)
            self.parts.drifts.post(giver, drift)
            answer(f"mailed {drift}")
        elif mailed and act < 0.7:
            drift, _giver, reader = self.random.choice(mailed)
            self.parts.drifts.receive(reader, drift)
            answer(f"received {drift}")
        elif disputed and act < 0.72:
            drift = self.random.choice(disputed)[0]
            self.parts.moderation.decide(None, drift, State.CANCELLED, reason="看过了")
            answer(f"cancelled {drift}")
        else:
            self._request()

    def _request(self) -> None:
        gifts = self.parts.sql.fetchall("SELECT id FROM gift WHERE state = 'open' ORDER BY id DESC LIMIT 40")
        if gifts:
            reader = self.random.choice(self.members)
            drift = self.parts.drifts.request(
                reader, self.random.choice(gifts)[0], Ask(recipient=None, message="楼下见")
            )
            answer(f"waiting {drift}")

    def _rows(self, state: str) -> list[tuple[int, int, int]]:
        return self.parts.sql.fetchall(
            "SELECT id, giver_id, requester_id FROM drift WHERE state = :state ORDER BY id DESC LIMIT 20",
            {"state": state},
        )


def trade(app, seed: int) -> None:
    with app.app_context():
        trader = Trader(app.extensions["container"], seed)
        while True:
            try:
                trader.step()
            except Refusal:
                pass
            except Exception as error:  # noqa: BLE001 - the test decides which ones may be
                answer(f"error {type(error).__name__}: {str(error).splitlines()[0]}")


def main(folder: str, url: str, seed: int) -> None:
    app = make_app(Path(folder), url, LOG_LEVEL="error")
    for number in range(THREADS):
        threading.Thread(target=trade, args=(app, seed * 100 + number)).start()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
