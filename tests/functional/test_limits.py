"""Who asks too often is told to wait; a class behind one address is not one person."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from app.http.limits import asking_address, counted_address, limits_of, typed_address
from app.libs.rates import ExactMemoryStorage
from tests.support.apps import close
from tests.support.limited_pages import ask, burst, limited_app
from tests.support.mariadb import free_port

CLASS = 30


@pytest.fixture
def limits_app(data_dir: Path):
    app = limited_app(data_dir)
    yield app
    close(app)


def test_who_asks_too_often_is_told_when_to_come_back(limits_app: Flask):
    assert [ask(limits_app, "ann").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = ask(limits_app, "ann")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert "歇一会儿" in refused.text
    assert refused.headers["X-Content-Type-Options"] == "nosniff"


def test_a_person_is_counted_whatever_address_they_come_from(limits_app: Flask):
    codes = [ask(limits_app, "ann", f"192.0.2.{number}").status_code for number in range(4)]
    assert codes == [200, 200, 200, 429]


def test_a_class_behind_one_address_gets_in(limits_app: Flask):
    codes = [ask(limits_app, f"pupil {pupil}").status_code for pupil in range(CLASS) for _ in range(3)]
    assert codes == [200] * CLASS * 3


def test_an_address_has_its_limit_too_however_many_people_it_claims_to_be(limits_app: Flask):
    codes = [ask(limits_app, f"robot {robot}").status_code for robot in range(121)]
    assert codes == [200] * 120 + [429]
    assert ask(limits_app, "ann", "192.0.2.8").status_code == 200


def test_visitors_are_counted_by_address_alone(limits_app: Flask):
    assert {ask(limits_app).status_code for _ in range(120)} == {200}
    assert ask(limits_app).status_code == 429


def test_one_household_on_ipv6_is_one_address(limits_app: Flask):
    with limits_app.test_request_context(environ_base={"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}):
        assert asking_address() == "2001:db8:1:2::/64"


@pytest.mark.parametrize(
    ("remote", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("an address", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_an_address_is_counted_as_one_household(remote: str | None, counted_as: str):
    assert counted_address(remote) == counted_as


@pytest.mark.parametrize(
    ("typed", "counted_as"),
    [(" Ann@Example.ORG ", "ann@example.org"), ("x" * 254, "x" * 254), ("x" * 255, "x" * 254), (None, "")],
)
def test_who_types_an_address_is_counted_by_it_folded_and_no_longer_than_addresses_are(
    limits_app: Flask, typed: str | None, counted_as: str
):
    with limits_app.test_request_context(method="POST", data={"email": typed} if typed else {}):
        assert typed_address() == counted_as


def test_only_wrong_passwords_count(limits_app: Flask):
    right = [ask(limits_app, "ann", path="/try?password=right").status_code for _ in range(15)]
    wrong = [ask(limits_app, "ann", path="/try?password=wrong").status_code for _ in range(11)]
    assert right == [200] * 15
    assert wrong == [401] * 10 + [429]
    assert ask(limits_app, "bob", path="/try?password=right").status_code == 200


def test_limits_can_be_switched_off(data_dir: Path):
    app = limited_app(data_dir, RATELIMIT_ENABLED="0")
    assert {ask(app, "ann").status_code for _ in range(10)} == {200}
    close(app)


def test_limits_hold_in_memory_while_redis_is_dead(data_dir: Path):
    app = limited_app(data_dir, RATELIMIT_STORAGE_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert [ask(app, "ann").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [ask(app, "bob", path="/try?password=wrong").status_code for _ in range(11)] == [401] * 10 + [429]
    close(app)


def test_several_allowances_are_multiplied_each():
    assert [str(limit) for limit in limits_of("10 per 5 minutes; 100/day", 3)] == ["30 per 5 minute", "300 per 1 day"]


def test_only_wrong_passwords_count_for_an_address_either(data_dir: Path):
    app = limited_app(data_dir, LIMIT_ADDRESS_FACTOR="1")
    assert [ask(app, f"pupil {n}", path="/try?password=right").status_code for n in range(15)] == [200] * 15
    assert [ask(app, f"robot {n}", path="/try?password=wrong").status_code for n in range(11)] == [401] * 10 + [429]
    close(app)


@pytest.mark.parametrize(("path", "passed"), [("/ask", 200), ("/try?password=wrong", 401)])
def test_of_a_burst_no_more_than_allowed_pass(data_dir: Path, path: str, passed: int):
    app = limited_app(data_dir, LIMIT_SEARCH="10 per hour")
    assert sorted(burst(app, path)) == [passed] * 10 + [429] * 40
    close(app)


def test_a_burst_of_right_passwords_leaves_no_trace(limits_app: Flask):
    burst(limits_app, "/try?password=right", size=8)
    assert sorted(burst(limits_app, "/try?password=wrong", size=11)) == [401] * 10 + [429]


def test_a_refusal_by_one_limit_is_no_hit_of_another(data_dir: Path):
    app = limited_app(data_dir, LIMIT_SEARCH="2 per hour", LIMIT_ADDRESS_FACTOR="3")
    assert [ask(app, "ann").status_code for _ in range(20)] == [200] * 2 + [429] * 18
    assert [ask(app, f"pupil {n}").status_code for n in range(5)] == [200] * 4 + [429]
    close(app)


def test_of_the_first_hits_of_a_window_none_is_lost():
    """The library's store drops a count that another thread reads between two of its statements."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for round_ in range(40):
            storage, start = ExactMemoryStorage(), threading.Barrier(16)

            def hit(storage: ExactMemoryStorage = storage, start: threading.Barrier = start) -> bool:
                start.wait()
                return storage.acquire_sliding_window_entry("key", 4, 3600)

            with ThreadPoolExecutor(16) as pool:
                passed = sum(done.result() for done in [pool.submit(hit) for _ in range(16)])
            assert passed == 4, round_
    finally:
        sys.setswitchinterval(before)
