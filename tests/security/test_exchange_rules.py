"""Security checks 6 to 8 and 31: drifts and their ledger in the hands of everybody else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.domain.errors import Refusal
from app.extensions import db
from tests.support.apps import close, make_app
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.routes import contents
from tests.support.world import World, token_of

TOUCHED = ("user_session", "sqlite_sequence", "search_change", "search_pointer", "periodic_job")
STEPS = ("reject", "withdraw", "mailed", "received", "lost", "returned", "delay", "address")
#: Who may take which step from which state; everything else must change nothing.
ALLOWED = {
    "waiting": {("giver", "reject"), ("giver", "mailed"), ("giver", "address"), ("reader", "withdraw"), ("reader", "address")},
    "mailed": {
        ("giver", "returned"), ("giver", "address"), ("reader", "received"), ("reader", "lost"), ("reader", "delay"), ("reader", "address"),
    },
    "received": set(),
    "rejected": set(),
}  # fmt: skip


@pytest.mark.parametrize("state", ALLOWED)
def test_check_06_no_step_of_a_drift_is_skipped_replayed_or_taken_by_another(app: Flask, world: World, state: str):
    drift = world.bring_to(state)
    for role in ("nobody", "other", "moderator", "admin", "giver", "reader"):
        for step in STEPS:
            if (role, step) in ALLOWED[state]:
                continue
            before = contents(app, without=TOUCHED)
            status = world.take(role, drift, step)
            assert contents(app, without=TOUCHED) == before, f"{role} {step}: {status}"
            if role == "nobody":
                assert status == 401, step
            elif role not in {"giver", "reader"}:
                assert status == 404, f"{role} {step}"
            else:  # the wrong party or state; a repeat of one's own act leads back to /pending
                assert status in {409, 303}, f"{role} {step}"
    assert world.breaches() == []


@pytest.mark.parametrize("state", ["waiting", "mailed"])
def test_check_06_a_step_taken_twice_counts_once(app: Flask, state: str):
    for role, step in sorted(ALLOWED[state] - {("giver", "address"), ("reader", "delay")}):
        with fresh_scene(app) as world:
            drift = world.bring_to(state)
            assert world.take(role, drift, step) in {200, 303}, step
            once = contents(world.app, without=(*TOUCHED, "use_case_done"))
            world.take(role, drift, step)
            assert contents(world.app, without=(*TOUCHED, "use_case_done")) == once, f"{role} {step}"
            assert world.breaches() == []


@contextmanager
def fresh_scene(app: Flask) -> Iterator[World]:
    """Yield a world on a copy of the app's empty database."""
    import shutil
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(app.config["DATA_DIR"] / "yushu.sqlite", Path(folder) / "yushu.sqlite")
        copy = make_app(Path(folder))
        yield World(copy)
        close(copy)


@pytest.mark.parametrize("role", ["nobody", "other", "moderator", "admin", "reader"])
def test_check_31_the_gifts_and_wishes_of_others_are_out_of_reach(app: Flask, world: World, role: str):
    with app.app_context():
        wish = world.exchange.wishes.wish_for(world.members["giver"].id, ISBNS[1])
    before = contents(app, without=TOUCHED)
    browser = world.browsers[role]
    token = token_of(browser)
    for path in (f"/gifts/{world.gift}/withdraw", f"/gifts/{world.gift}/resume", f"/wish/book/{ISBNS[1]}/withdraw"):
        status = browser.http.post(path, data={"csrf_token": token}).status_code
        assert status == (401 if role == "nobody" else 404) or (status == 303 and "/wish/" in path), path
    assert contents(app, without=TOUCHED) == before
    assert browser.http.post(f"/satisfy/wish/{wish}", data={"csrf_token": token}).status_code in {401, 404, 409}
    assert contents(app, without=TOUCHED) == before


def test_check_31_a_stranger_cannot_tell_a_drift_from_none(world: World):
    drift = world.bring_to("mailed")
    for role in ("other", "moderator", "admin"):
        for step in STEPS:
            assert world.take(role, drift, step) == world.take(role, drift + 1000, step) == 404, f"{role} {step}"


class Broken(Exception):
    """The database broke in mid-transaction."""


@contextmanager
def breaking_at(number: int) -> Iterator[Callable[[], bool]]:
    """Let the n-th statement that writes fail; gives a question whether there was one."""
    met = count(1)
    has_broken = False

    def look(_connection, _cursor, statement: str, _parameters, _context, _many) -> None:
        nonlocal has_broken
        if statement.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"} and next(met) == number:
            has_broken = True
            raise OperationalError(statement, {}, Broken("disk I/O error"))

    event.listen(db.engine, "before_cursor_execute", look)
    try:
        yield lambda: has_broken
    finally:
        event.remove(db.engine, "before_cursor_execute", look)


@pytest.mark.parametrize("act", ["offer", "request", "reject", "withdraw", "post", "receive", "lose", "take_back"])
def test_check_07_a_failure_in_mid_transaction_leaves_everything_as_it_was(app: Flask, world: World, act: str):
    giver, reader, drifts = world.members["giver"].id, world.members["reader"].id, world.exchange.drifts
    drift = (
        0
        if act in {"offer", "request"}
        else world.bring_to("mailed" if act in {"receive", "lose", "take_back"} else "waiting")
    )
    world.exchange.clock.advance(timedelta(days=20))
    acts: dict[str, Callable[[], object]] = {
        "offer": lambda: world.exchange.offer(giver, ISBNS[1]),
        "request": lambda: drifts.request(reader, world.gift, AT_HOME),
        "reject": lambda: drifts.reject(giver, drift, reason="不方便"),
        "withdraw": lambda: drifts.withdraw(reader, drift),
        "post": lambda: drifts.post(giver, drift),
        "receive": lambda: drifts.receive(reader, drift),
        "lose": lambda: drifts.claim_lost(reader, drift),
        "take_back": lambda: drifts.take_back(giver, drift),
    }
    before = contents(app)
    broken = 0
    with app.app_context():
        for number in count(1):
            with breaking_at(number) as has_broken:
                try:
                    acts[act]()
                except OperationalError:
                    assert contents(app) == before, f"statement {number}"
                    assert world.exchange.breaches() == []
                    broken += 1
            if not has_broken():
                break
    assert broken >= 2
    assert contents(app) != before
    assert world.breaches() == []


def test_check_08_of_two_requests_on_two_nodes_one_wins(any_database_url: str, data_dir: Path):
    nodes = [make_app(data_dir, any_database_url, POOL_WAIT_SECONDS="60") for _ in range(2)]
    with nodes[0].app_context():
        exchange = Exchange(nodes[0])
        giver = exchange.member("送书的人")
        readers = [exchange.rich(f"读者{number}") for number in range(8)]
        gifts = [exchange.offer(giver, isbn) for isbn in ISBNS[:3]]
    for gift in gifts:
        start = threading.Barrier(len(readers))

        def reach(place: int, gift: int = gift, start: threading.Barrier = start) -> int:
            node = nodes[place % 2]
            with node.app_context():
                start.wait()
                try:
                    return int(node.extensions["container"].exchange.drifts.request(readers[place], gift, AT_HOME))
                except Refusal:
                    return 0

        with ThreadPoolExecutor(len(readers)) as hands:
            won = [drift for drift in hands.map(reach, range(len(readers))) if drift]
        assert len(won) == 1
        with nodes[0].app_context():
            assert exchange.breaches() == []
            exchange.drifts.reject(giver, won[0], reason="")
    for node in nodes:
        close(node)
