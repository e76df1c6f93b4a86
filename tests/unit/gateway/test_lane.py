"""Who waits behind whom in the gateway, without a server: requests in, answers out."""

from __future__ import annotations

import asyncio
import threading
from itertools import islice
from typing import Any

import pytest
from flask import Flask, request

from app.gateway.asgi import Gateway
from app.libs.passwords import room_for

CROWD = 40
SETTINGS = {
    "MAX_CONTENT_LENGTH": 1000,
    "BODY_SECONDS": 60,
    "BODY_BYTES_PER_SECOND": 1,
    "REQUEST_WAIT_SECONDS": 60,
    "THREADS": 8,
    "WRITE_THREADS": 2,
}


class Door:
    """An app whose log-ins and sign-ups wait to be let go, and whose other pages answer at once."""

    def __init__(self) -> None:
        self.app = Flask("door")
        self.app.config.update(SETTINGS)
        self.inside = {"/login": 0, "/register": 0}
        self.most = dict(self.inside)
        self.entered = {path: threading.Semaphore(0) for path in self.inside}
        self.open = {path: threading.Event() for path in self.inside}
        self._lock = threading.Lock()
        for path in self.inside:
            self.app.add_url_rule(path, path, self._enter, methods=["GET", "POST"])
        self.app.add_url_rule("/form", "form", lambda: "done", methods=["POST"])

    def _enter(self) -> str:
        if request.method == "GET":
            return "the form"
        path = request.path
        self._count(path, 1)
        self.entered[path].release()
        self.open[path].wait(60)
        self._count(path, -1)
        return "in"

    def _count(self, path: str, change: int) -> None:
        with self._lock:
            self.inside[path] += change
            self.most[path] = max(self.most[path], self.inside[path])


async def ask(gateway: Gateway, method: str, path: str) -> int:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "http_version": "1.1",
        "raw_path": path.encode(),
        "query_string": b"",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("192.0.2.1", 9),
        "headers": [(b"host", b"127.0.0.1")],
    }
    await gateway(scope, receive, send)
    return int(sent[0]["status"])


@pytest.mark.parametrize(("crowded", "other"), [("/login", "/register"), ("/register", "/login")])
def test_a_crowd_at_one_door_waits_and_keeps_nobody_else_waiting(crowded: str, other: str) -> None:
    door = Door()
    gateway = Gateway(door.app)

    async def visit() -> list[int]:
        crowd = [asyncio.create_task(ask(gateway, "POST", crowded)) for _ in range(CROWD)]
        for _place in range(door_places(crowded)):
            assert await asyncio.to_thread(door.entered[crowded].acquire, timeout=60)
        assert [await ask(gateway, "POST", "/form") for _ in range(3)] == [200] * 3
        assert await ask(gateway, "GET", crowded) == 200
        door.open[other].set()
        assert await ask(gateway, "POST", other) == 200
        door.open[crowded].set()
        return list(await asyncio.gather(*crowd))

    assert asyncio.run(visit()) == [200] * CROWD, "they wait their turn instead of being refused"
    assert door.most[crowded] == door_places(crowded), "and no more threads than that are theirs"


def door_places(path: str) -> int:
    return room_for(SETTINGS["THREADS"])["log-in" if path == "/login" else "sign-up"]


def test_who_waits_for_too_long_is_told_when_to_come_back() -> None:
    door = Door()
    door.app.config["REQUEST_WAIT_SECONDS"] = 0.2
    gateway = Gateway(door.app)

    async def visit() -> list[int]:
        crowd = [asyncio.create_task(ask(gateway, "POST", "/login")) for _ in range(CROWD)]
        for refused in islice(asyncio.as_completed(crowd), CROWD - door_places("/login")):
            assert await refused == 503
        door.open["/login"].set()
        return sorted(await asyncio.gather(*crowd))

    inside = door_places("/login")
    assert asyncio.run(visit()) == [200] * inside + [503] * (CROWD - inside)
