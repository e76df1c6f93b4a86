"""Whoever asks too often is told to wait; a class behind one address is not one person."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from werkzeug.test import TestResponse

from app.http.limits import asking_address, limited, multiplied
from tests.conftest import close, make_app
from tests.mariadb import free_port

CLASS = 30


def who() -> str:
    return request.headers.get("Who", "")


@limited("SEARCH", person=who)
def ask_view() -> str:
    return "asked"


@limited("LOGIN", person=who, counts=lambda answer: answer.status_code == 401)
def try_view() -> tuple[str, int]:
    return ("in", 200) if request.args["password"] == "right" else ("wrong", 401)


def limited_app(data_dir: Path, **settings: Any) -> Flask:
    """Give an app with two limited pages: `/ask`, and `/try`, of which only wrong answers count."""
    app = make_app(data_dir, **({"RATELIMIT_ENABLED": "1", "LIMIT_SEARCH": "3 per hour"} | settings))
    app.add_url_rule("/ask", "ask", ask_view)
    app.add_url_rule("/try", "try", try_view)
    return app


@pytest.fixture
def limits_app(data_dir: Path):
    app = limited_app(data_dir)
    yield app
    close(app)


def ask(app: Flask, who: str = "", address: str = "192.0.2.7", path: str = "/ask") -> TestResponse:
    return app.test_client().get(path, headers={"Who": who}, environ_base={"REMOTE_ADDR": address})


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
    began = time.monotonic()
    assert [ask(app, "ann").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [ask(app, "bob", path="/try?password=wrong").status_code for _ in range(11)] == [401] * 10 + [429]
    assert time.monotonic() - began < 5
    close(app)


def test_several_allowances_are_multiplied_each():
    assert multiplied("10 per 5 minutes; 100/day", 3) == "30 per 5 minute; 300 per 1 day"
