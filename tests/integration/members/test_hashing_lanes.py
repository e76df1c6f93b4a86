"""Strangers who sign up keep nobody from coming in, and nobody keeps a member from anything, however long hashing takes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from app.libs.passwords import BusyError, Passwords, places_for
from tests.support.apps import close, make_app
from tests.support.members import PASSWORD, MadeMember, login, make_member
from tests.support.pages import PageClient

NEW = "尺素如残雪 9527"
SIGN_UPS = 12
#: Places of the log-in lane, and half as many of the sign-up lane; as many again may wait in each.
PLACES = 2


class SlowHasher:
    """A hasher that hangs at passwords that begin with "slow" until it is let go."""

    def __init__(self) -> None:
        self._quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.hanging = threading.Semaphore(0)
        self.let_go = threading.Event()

    def hash(self, password: str) -> str:
        self._wait(password)
        return self._quick.hash(password)

    def verify(self, stored: str, password: str) -> bool:
        self._wait(password)
        return self._quick.verify(stored, password)

    def check_needs_rehash(self, stored: str) -> bool:
        return self._quick.check_needs_rehash(stored)

    def _wait(self, password: str) -> None:
        if password.startswith("slow"):
            self.hanging.release()
            assert self.let_go.wait(60)


@pytest.fixture
def hasher() -> Iterator[SlowHasher]:
    slow = SlowHasher()
    yield slow
    slow.let_go.set()


@pytest.fixture
def app(data_dir: Path, hasher: SlowHasher) -> Iterator[Flask]:
    app = make_app(data_dir)
    app.extensions["container"].members.passwords = Passwords(hasher, at_once=PLACES, waiting=PLACES, wait_seconds=0.2)  # type: ignore[arg-type]
    yield app
    close(app)


@pytest.fixture
def member(app: Flask) -> MadeMember:
    return make_member(app)


class Crowd:
    """Requests of many visitors at once, each in a thread."""

    def __init__(self) -> None:
        self.codes: list[int] = []
        self._threads: list[threading.Thread] = []

    def add(self, act: Callable[[], TestResponse]) -> None:
        thread = threading.Thread(target=lambda: self.codes.append(act().status_code))
        thread.start()
        self._threads.append(thread)

    def join(self) -> list[int]:
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()
        return sorted(self.codes)


def sending(app: Flask, path: str, **fields: str) -> Callable[[], TestResponse]:
    page = PageClient(app)
    token = page.get(path).forms[-1]["fields"]["csrf_token"]
    return lambda: page.http.post(path, data={"csrf_token": token, **fields})


def signing_up(app: Flask, number: int) -> Callable[[], TestResponse]:
    fields = {"email": f"n{number}@example.org", "nickname": f"学生{number}", "password": "slow 尺素如残雪"}
    return sending(app, "/register", **fields)


def test_a_crowd_that_signs_up_keeps_nobody_from_coming_in(app: Flask, member: MadeMember, hasher: SlowHasher):
    crowd = Crowd()
    for act in [signing_up(app, number) for number in range(SIGN_UPS)]:
        crowd.add(act)
    assert hasher.hanging.acquire(timeout=30)
    page = PageClient(app)
    page.post("/login", {"email": member.email, "password": PASSWORD})
    page.get("/personal")
    page.post("/change/password", {"old_password": PASSWORD, "password1": NEW, "password2": NEW})
    hasher.let_go.set()
    codes = crowd.join()
    assert set(codes) == {200, 503}
    assert codes.count(200) >= 1


def test_nobody_who_guesses_keeps_a_member_from_anything(app: Flask, member: MadeMember, hasher: SlowHasher):
    page = PageClient(app)
    login(page.http, member)
    crowd = Crowd()
    for act in [sending(app, "/login", email=member.email, password="slow guess") for _ in range(SIGN_UPS)]:
        crowd.add(act)
    for _place in range(PLACES):
        assert hasher.hanging.acquire(timeout=30)
    page.post("/change/password", {"old_password": PASSWORD, "password1": NEW, "password2": NEW})
    assert "信已寄出" in page.post("/change/email", {"email": "new@example.org", "password": NEW}, status=200).text
    page.post("/personal/second-factor/begin", {"password": NEW}, on="/personal/second-factor")
    hasher.let_go.set()
    codes = crowd.join()
    assert set(codes) == {200, 503}


def test_a_refusal_says_when_to_come_back_and_few_wait(app: Flask, hasher: SlowHasher):
    crowd = Crowd()
    passwords = app.extensions["container"].members.passwords
    crowd.add(signing_up(app, 0))
    assert hasher.hanging.acquire(timeout=30)
    refused = signing_up(app, 1)()
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    hasher.let_go.set()
    assert crowd.join() == [200]
    assert passwords.hash("after all", "sign-up")


def test_there_is_no_room_for_more_than_may_wait(hasher: SlowHasher):
    passwords = Passwords(hasher, at_once=1, waiting=1, wait_seconds=60)  # type: ignore[arg-type]
    crowd: list[threading.Thread] = [
        threading.Thread(target=passwords.hash, args=(f"slow {number}", "sign-up")) for number in range(2)
    ]
    lane = passwords._lanes["sign-up"]
    for thread in crowd:
        thread.start()
    assert hasher.hanging.acquire(timeout=30)
    while lane._room._value:  # type: ignore[union-attr]
        threading.Event().wait(0.01)
    with pytest.raises(BusyError):
        passwords.hash("quick", "sign-up")
    hasher.let_go.set()
    for thread in crowd:
        thread.join(60)


@pytest.mark.parametrize("cores", [1, 2, 8, 64])
def test_strangers_leave_a_thread_to_everybody_else(cores: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    for threads in range(3, 65):
        at_once, waiting = places_for(threads)
        assert 1 <= at_once <= cores
        assert (at_once + waiting) + (max(1, at_once // 2) + waiting) < threads
