"""An app with two limited pages, and those who ask for them."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from flask import Flask, request
from werkzeug.test import TestResponse

from app.http.limits import limited
from tests.support.apps import make_app


def who() -> str:
    return request.headers.get("Who", "")


def meet() -> None:
    """Stay long enough for the other requests of a burst to come in."""
    if request.method == "POST":
        time.sleep(0.3)


@limited("SEARCH", person=who)
def ask_view() -> str:
    meet()
    return "asked"


@limited("LOGIN", person=who, counts=lambda answer: answer.status_code == 401)
def try_view() -> tuple[str, int]:
    meet()
    return ("in", 200) if request.args["password"] == "right" else ("wrong", 401)


def burst(app: Flask, path: str, size: int = 50) -> list[int]:
    """Send so many requests of one person at once, and return the statuses."""
    all_here = threading.Barrier(size)

    def send() -> int:
        all_here.wait()
        return app.test_client().post(path, headers={"Who": "ann"}).status_code

    with ThreadPoolExecutor(size) as pool:
        return [sent.result() for sent in [pool.submit(send) for _ in range(size)]]


def limited_app(data_dir: Path, **settings: Any) -> Flask:
    """Return an app with two limited pages: `/ask`, and `/try`, of which only wrong answers count."""
    app = make_app(data_dir, **({"RATELIMIT_ENABLED": "1", "LIMIT_SEARCH": "3 per hour"} | settings))
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/ask", "ask", ask_view, methods=["GET", "POST"])
    app.add_url_rule("/try", "try", try_view, methods=["GET", "POST"])
    return app


def ask(app: Flask, who: str = "", address: str = "192.0.2.7", path: str = "/ask") -> TestResponse:
    return app.test_client().get(path, headers={"Who": who}, environ_base={"REMOTE_ADDR": address})
