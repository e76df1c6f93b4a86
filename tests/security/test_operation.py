"""Security checks 34 and 36 to 40: a site in production, and what happens when something next to it dies."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from tests.support.apps import close, make_app, migrate
from tests.support.mariadb import Server, free_port
from tests.support.members import PASSWORD, login, make_member, quick_passwords
from tests.support.pages import PageClient
from tests.support.paths import ROOT
from tests.support.routes import routes
from tests.upstreams import BODIES, Upstream
from tests.upstreams.faults import drips_its_body

PRODUCTION = {
    "ENV": "production",
    "SITE_URL": "https://yushu.example",
    "SECRET_KEY": "a key that this test alone made up, long enough",
    "ADDRESS_KEYS": "bWFkZS11cC1mb3ItdGhpcy10ZXN0LWFsb25lLTMyYiE=",
}
INSIDES = [
    "/console",
    "/debug",
    "/metrics",
    "/admin",
    "/server-status",
    "/.env",
    "/.git/config",
    "/config/settings.py",
    "/fisher.py",
    "/Pipfile",
    "/var/yushu.sqlite",
    "/secret_key",
    "/static/../../var/secret_key",
    "/?__debugger__=yes&cmd=resource&f=debugger.js",
]


@pytest.fixture
def production(data_dir: Path) -> Iterator[Flask]:
    import config
    from app import create_app

    app = create_app(config.load({}, DATA_DIR=data_dir, **PRODUCTION))
    quick_passwords(app)
    yield app
    close(app)


def test_check_34_insides_are_not_served(production: Flask):
    client = production.test_client()
    assert not production.debug
    for path in INSIDES:
        response = client.get(path, base_url=PRODUCTION["SITE_URL"])
        served = response.status_code == 200 and not path.startswith("/?")
        assert not served, path
        assert "Werkzeug" not in response.text, path
        assert "Server" not in response.headers or "Python" not in response.headers["Server"], path


def test_check_34_a_mistake_of_ours_shows_nothing_of_the_inside(production: Flask):
    production.add_url_rule("/break", "break", lambda: {}["secret detail"])
    for accept in ("text/html", "application/json"):
        response = production.test_client().get("/break", base_url=PRODUCTION["SITE_URL"], headers={"Accept": accept})
        assert response.status_code == 500
        assert not re.search(r"Traceback|secret detail|KeyError|site-packages|\.py", response.text)


def test_check_36_a_slow_source_cannot_hold_all_threads(data_dir: Path):
    with Upstream(BODIES["yushu"]) as upstream:
        upstream.fault = drips_its_body
        app = make_app(data_dir, SOURCES="yushu", API_URL=upstream.url, UPSTREAM_BUDGET_SECONDS="60")
        numbers = [f"978702002{number:03d}" for number in range(24)]

        def ask(stem: str) -> None:
            digits = [int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(stem)]
            app.test_client().get(f"/book/{stem}{-sum(digits) % 10}/detail")

        with ThreadPoolExecutor(12) as visitors:
            asked = [visitors.submit(ask, stem) for stem in numbers]
            assert app.test_client().get("/").status_code == 200
            places = app.extensions["container"].core.slots
            while sum(not one.done() for one in asked) > places:  # pytest's own time limit ends what never comes
                time.sleep(0.01)
            assert not all(one.done() for one in asked), "the source, which never answers, held up nobody but these"
            upstream.close()
        close(app)


def logged_by(app: Flask, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.strip()]


def test_check_37_logins_and_refusals_are_logged_as_json_in_utc_without_secrets(production: Flask, capsys):
    site = {"base_url": PRODUCTION["SITE_URL"], "headers": {"Referer": PRODUCTION["SITE_URL"]}}
    member = make_member(production)
    capsys.readouterr()  # they signed up outside any request
    page = PageClient(production, **site)
    page.post("/login", {"email": member.email, "password": "wrong password"}, status=200, on="/login")
    page.post("/login", {"email": member.email, "password": PASSWORD})
    page.post("/change/password", {"old_password": "a guess", "password1": "x" * 9, "password2": "x" * 9}, status=200)
    page.post("/logout", on="/change/password")
    page.get("/confirm/nonsense-token", status=410)
    output = capsys.readouterr().err
    events = [json.loads(line) for line in output.splitlines()]
    assert all(event["timestamp"].endswith("Z") and event["request_id"] for event in events)
    named = {event["event"]: event for event in events}
    assert named["login refused"]["level"] == "warning"
    assert named["login"]["member"] == named["logout"]["member"] == named["password refused"]["member"] == member.id
    assert named["refused"]["refusal"] == "LinkExpired"
    for secret in (member.email, PASSWORD, "wrong password", "a guess", "nonsense-token", PRODUCTION["SECRET_KEY"]):
        assert secret not in output


def test_check_37_a_line_break_cannot_forge_a_line_of_the_log(production: Flask, capsys):
    client = production.test_client()
    forged = 'x\r\n{"event": "login", "member": 1}'
    for route in routes(production, "GET"):
        client.get(
            route.address, query_string={"q": forged, "next": forged}, base_url=PRODUCTION["SITE_URL"], buffered=True
        )
    client.get("/nowhere%0d%0a%7b%22event%22%3a%22login%22%7d", base_url=PRODUCTION["SITE_URL"])
    client.open("/", method='GE"T', base_url=PRODUCTION["SITE_URL"])
    lines = capsys.readouterr().err.splitlines()
    assert lines
    assert [json.loads(line)["event"] for line in lines if json.loads(line).get("event") == "login"] == []


@pytest.mark.mariadb
@pytest.mark.slow
def test_check_38_a_database_that_dies_is_a_clear_503_and_comes_back(tmp_path: Path):
    with Server(tmp_path / "mariadb") as server:
        app = make_app(tmp_path / "data", server.create_database("dies"), LOG_LEVEL="error")
        app.config["PROPAGATE_EXCEPTIONS"] = False
        migrate(app)
        page = PageClient(app)
        login(page.http, make_member(app))
        assert page.http.get("/personal").status_code == 200
        server.stop()
        for path in ("/", "/personal", "/readyz", "/book/9787536692930/detail"):
            response = page.http.get(path)
            assert response.status_code == 503, path
            assert int(response.headers["Retry-After"]) > 0
            assert not re.search(r"Traceback|pymysql|127\.0\.0\.1", response.text), path
        server.start()
        assert page.http.get("/personal").status_code == 200
        close(app)


def test_check_38_a_database_that_is_gone_opens_no_door(app: Flask, page: PageClient, monkeypatch):
    from app.db.pool import Pool, PoolExhaustedError

    login(page.http, make_member(app))

    def none_left(self: Pool) -> None:
        raise PoolExhaustedError

    monkeypatch.setattr(Pool, "lease", none_left)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for path in ("/personal", "/personal/sessions", "/my/mail", "/change/password"):
        assert page.http.get(path).status_code == 503, path


def test_check_38_limits_hold_although_redis_is_dead(data_dir: Path):
    app = make_app(data_dir, RATELIMIT_ENABLED="1", RATELIMIT_STORAGE_URL=f"redis://127.0.0.1:{free_port()}/0")
    quick_passwords(app)
    member = make_member(app)
    page = PageClient(app)
    for _ in range(10):
        page.post("/login", {"email": member.email, "password": "wrong password"}, status=200)
    page.post("/login", {"email": member.email, "password": PASSWORD}, status=429)
    close(app)


def test_check_38_the_catalogue_answers_although_the_source_is_dead(data_dir: Path):
    app = make_app(data_dir, SOURCES="yushu", API_URL=f"http://127.0.0.1:{free_port()}/v2")
    page = PageClient(app)
    page.get("/")
    page.get("/book/search?q=三体")
    page.get("/book/9787020024759/detail", status=404)
    close(app)


def test_check_39_no_secret_lies_in_git():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    suspicious = re.compile(r"(^|/)(\.env|secret_key|address_keys|id_rsa|.*\.(pem|key|p12|sqlite))$")
    assert [path for path in tracked if suspicious.search(path)] == []
    private = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]{20}")
    assert [path for path in tracked if (ROOT / path).is_file() and private.search((ROOT / path).read_bytes())] == []


def test_check_40_the_lock_file_pins_the_hash_of_every_package():
    lock = json.loads((ROOT / "Pipfile.lock").read_text())
    packages = {**lock["default"], **lock["develop"]}
    assert len(packages) > 20
    assert [name for name, facts in packages.items() if not facts.get("hashes")] == []
    assert [name for name, facts in packages.items() if not facts.get("version", "").startswith("==")] == []


def test_check_40_every_dependency_has_a_reason():
    wanted, section = set(), ""
    for line in (ROOT / "Pipfile").read_text().splitlines():
        section = line if line.startswith("[") else section
        if section in {"[packages]", "[dev-packages]"} and "=" in line:
            wanted.add(line.split("=")[0].strip())
    reasons = dict(
        re.findall(r"^\| `([\w-]+)` \| (.+) \|$", (ROOT / "docs" / "dependencies.md").read_text("utf-8"), re.MULTILINE)
    )
    assert set(reasons) == wanted
    assert all(len(reason) > 10 for reason in reasons.values())
