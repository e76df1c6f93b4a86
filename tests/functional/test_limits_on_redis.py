"""Limits counted by a real Redis: shared by every process; it dies, hangs and comes back, and they hold all the while."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from flask import Flask

from app.api.problems import ApiError
from app.api.wsgi import Limit
from app.libs import rates
from app.libs.rates import Rates
from tests.support.apps import close
from tests.support.limited_pages import ask, burst, limited_app
from tests.support.patience import SOON
from tests.support.redis_server import RedisServer


@pytest.fixture
def app(redis_server: RedisServer, data_dir: Path) -> Iterator[Flask]:
    app = limited_app(data_dir, RATELIMIT_STORAGE_URL=redis_server.url)
    yield app
    close(app)


def codes(app: Flask, who: str, times: int) -> list[int]:
    return [ask(app, who).status_code for _ in range(times)]


def until_counted_by(server: RedisServer, act: object) -> bool:
    """Do something until Redis holds counts again; False when that takes too long."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        act()  # type: ignore[operator]
        if server.client.dbsize():
            return True
        time.sleep(0.2)
    return False


def test_two_processes_count_together(app: Flask, redis_server: RedisServer, data_dir: Path):
    assert codes(app, "ann", 2) == [200, 200]
    assert redis_server.client.dbsize() > 0
    other = limited_app(data_dir, RATELIMIT_STORAGE_URL=redis_server.url)
    assert codes(other, "ann", 2) == [200, 429]
    close(other)


@pytest.mark.parametrize("fault", ["kill", "hang"])
def test_limits_hold_while_redis_is_away_and_go_back_to_it(app: Flask, redis_server: RedisServer, fault: str):
    assert codes(app, "ann", 1) == [200]
    getattr(redis_server, fault)()
    began = time.monotonic()
    assert codes(app, "bob", 4) == [200, 200, 200, 429]
    assert time.monotonic() - began < SOON
    redis_server.kill()
    redis_server.start()
    assert until_counted_by(redis_server, lambda: ask(app, "eve"))
    assert codes(app, "dan", 4) == [200, 200, 200, 429]
    assert any(b"dan" in key for key in redis_server.client.scan_iter())


@pytest.fixture
def api(redis_server: RedisServer) -> Limit:
    return Limit(Rates(redis_server.url), "3 per hour", 1)


def asked(limit: Limit, address: str, times: int) -> list[bool]:
    """Ask so often, and tell each time whether one may."""

    def may() -> bool:
        try:
            limit.ensure_may_ask(address)
        except ApiError:
            return False
        return True

    return [may() for _ in range(times)]


@pytest.mark.parametrize("fault", ["kill", "hang"])
def test_the_api_counts_alone_while_redis_is_away_and_goes_back_to_it(
    api: Limit, redis_server: RedisServer, fault: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rates, "REST_SECONDS", 1)
    assert asked(api, "192.0.2.1", 4) == [True, True, True, False]
    assert redis_server.client.dbsize() > 0
    getattr(redis_server, fault)()
    began = time.monotonic()
    assert asked(api, "192.0.2.2", 4) == [True, True, True, False]
    assert time.monotonic() - began < SOON
    redis_server.kill()
    redis_server.start()
    assert until_counted_by(redis_server, lambda: asked(api, "192.0.2.3", 1))
    assert asked(api, "192.0.2.4", 4) == [True, True, True, False]


def test_a_redis_that_is_away_is_asked_once_in_a_while(api: Limit, redis_server: RedisServer):
    redis_server.kill()
    with structlog.testing.capture_logs() as lines:
        asked(api, "192.0.2.2", 50)
    assert [line["event"] for line in lines] == ["shared counts are away, counting alone"]


@pytest.mark.parametrize(("path", "passed"), [("/ask", [200] * 3), ("/try?password=wrong", [401] * 10)])
def test_of_a_burst_no_more_than_allowed_pass_by_redis_either(app: Flask, path: str, passed: list[int]):
    assert sorted(burst(app, path)) == passed + [429] * (50 - len(passed))
