"""A process killed, or a connection cut, at any moment of ten thousand steps: nothing is lost and nothing doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pymysql
import pytest

from app.models.drift import DriftEvent
from tests.soak.scale import scaled
from tests.support.apps import close, make_app
from tests.support.exchange import ISBNS, Exchange
from tests.support.paths import ROOT
from tests.support.rows import list_rows

#: Steps whose processes are killed, on each database; with the steps on cut lines ten thousand on either.
KILLED = {"sqlite": scaled(10_000), "mariadb": scaled(5_000)}
CUT = scaled(2_000)
MOST_STEPS_OF_A_LIFE = 150


class Trial:
    """Workers that trade on one site, and what they were answered."""

    def __init__(self, app, folder: Path, url: str) -> None:
        self.app = app
        self.answered: list[str] = []
        self.errors: list[str] = []
        self.child = 0
        with app.app_context():
            exchange = Exchange(app)
            for number in range(8):
                member = exchange.member(f"书友{number}")
                for isbn in ISBNS[:4]:
                    exchange.offer(member, isbn)
        self.worker = subprocess.Popen(
            [sys.executable, "-m", "tests.support.exchange_worker", str(folder), url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

        self._ask(0)
        self._hear_the_end()

    def live(self, seed: int, *, steps: int, pause: float) -> None:
        """Let a child trade for so many answered steps and some seconds more, and kill it without warning."""
        self._ask(seed)
        self.child = int(self._line().removeprefix("born "))
        enough = len(self.answered) + steps
        while len(self.answered) < enough:
            self._hear(self._line())
        time.sleep(pause)
        self.kill()
        self._hear_the_end()

    def kill(self) -> None:
        """Kill the child that lives, if one does."""
        if self.child:
            os.kill(self.child, signal.SIGKILL)
            self.child = 0

    def _ask(self, seed: int) -> None:
        self.worker.stdin.write(f"{seed}\n")
        self.worker.stdin.flush()

    def _hear_the_end(self) -> None:
        while (line := self._line()) != "ended":
            self._hear(line)

    def _line(self) -> str:
        line = self.worker.stdout.readline()
        assert line, "the worker has died"
        return line.strip()

    def _hear(self, line: str) -> None:
        (self.errors if line.startswith("error") else self.answered).append(line)

    def check(self) -> None:
        """Every answered step is there, once; the ledger is sound."""
        with self.app.app_context():
            container = self.app.extensions["container"]
            steps = [step for step in list_rows(DriftEvent) if step.kind not in {"opened", "delayed", "reminded"}]
            there = Counter(f"{step.kind} {step.drift_id}" for step in steps)
            assert [step for step in self.answered if step not in there] == []
            assert [step for step, count in there.items() if count != 1] == []
            assert list(container.exchange.ledger_queries.list_breaches(container.exchange.policy)) == []


@contextmanager
def trial_on(folder: Path, url: str) -> Iterator[Trial]:
    app = make_app(folder, url)
    trial = Trial(app, folder, url)
    try:
        yield trial
    finally:
        trial.kill()
        trial.worker.stdin.close()
        trial.worker.wait(30)
        trial.worker.stdout.close()
    close(app)


@pytest.mark.slow
@pytest.mark.timeout(scaled(1800))
def test_killed_processes_lose_and_double_nothing(database_kind, any_database_url, data_dir):
    dice, lives = random.Random(7), 0
    with trial_on(data_dir, any_database_url) as trial:
        while len(trial.answered) < KILLED[database_kind]:
            lives += 1
            trial.live(lives, steps=dice.randint(1, MOST_STEPS_OF_A_LIFE), pause=dice.uniform(0, 0.05))
            if lives % 10 == 0:
                trial.check()
        trial.check()
    assert trial.errors == []
    assert lives > KILLED[database_kind] / MOST_STEPS_OF_A_LIFE


@pytest.mark.slow
@pytest.mark.timeout(scaled(1800))
def test_cut_connections_lose_and_double_nothing(mariadb_url, mariadb_server, data_dir):
    dice, stop = random.Random(11), threading.Event()
    cut = 0

    def cut_connections() -> None:
        nonlocal cut
        with mariadb_server.connect() as admin, admin.cursor() as cursor:
            while not stop.wait(dice.uniform(0.01, 0.15)):
                cursor.execute(
                    "SELECT id FROM information_schema.processlist WHERE db = 'yushu' AND id <> CONNECTION_ID()"
                )
                victims = [victim for (victim,) in cursor.fetchall()]
                if victims:
                    with suppress(pymysql.err.MySQLError):
                        cursor.execute(f"KILL {dice.choice(victims)}")
                        cut += 1

    with trial_on(data_dir, mariadb_url) as trial:
        cutter = threading.Thread(target=cut_connections)
        cutter.start()
        try:
            for seed in range(1, 5):
                trial.live(seed, steps=CUT // 4, pause=0)
        finally:
            stop.set()
            cutter.join()
        trial.check()
    assert cut > 100
    # use cases are repeated; what a worker merely read when its line was cut is not
    cut_lines = ("2006", "2013", "1927", "(0, '')")
    assert [line for line in trial.errors if not any(code in line for code in cut_lines)] == []
