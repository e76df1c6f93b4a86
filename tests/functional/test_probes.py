"""Those who watch the site ask by address, and read JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.apps import close, make_app


@pytest.mark.parametrize("host", ["10.0.0.7:8000", "localhost", "[::1]:8000", "", "evil.example", "a b", "x" * 300])
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("trusted", ["yushu.example", ".yushu.example,other.example", ""])
def test_probes_answer_whatever_the_host(data_dir: Path, host: str, path: str, trusted: str) -> None:
    app = make_app(data_dir, TRUSTED_HOSTS=trusted)
    response = app.test_client().get(path, headers={"Host": host, "Accept": "text/html"})
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    assert json.loads(response.data)["status"] in {"ok", "ready"}
    close(app)


def test_probes_answer_behind_a_proxy_that_names_another_host(data_dir: Path) -> None:
    app = make_app(data_dir, TRUSTED_HOSTS="yushu.example", TRUSTED_PROXIES=1)
    client = app.test_client()
    headers = {"Host": "yushu.example", "X-Forwarded-Host": "evil.example"}
    assert client.get("/readyz", headers=headers).status_code == 200
    assert client.get("/", headers=headers).status_code == 400
    close(app)


def test_what_is_wrong_with_a_probe_is_told_in_json_too(tmp_path: Path) -> None:
    app = make_app(tmp_path, "mysql+pymysql://nobody:nothing@127.0.0.1:1/none", LOG_LEVEL="error")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = app.test_client()
    assert client.get("/healthz", headers={"Accept": "text/html"}).status_code == 200
    away = client.get("/readyz", headers={"Accept": "text/html"})
    assert (away.status_code, away.mimetype) == (503, "application/json")
    refused = client.post("/healthz", headers={"Accept": "text/html"})
    assert refused.status_code in {400, 405}
    assert refused.mimetype == "application/json"
    close(app)


def test_a_database_that_is_away_costs_one_log_line_a_second(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = make_app(tmp_path, "mysql+pymysql://nobody:nothing@127.0.0.1:1/none", LOG_LEVEL="error")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = app.test_client()
    from app.http import errors

    clock = [100.0]
    throttle = errors.LogThrottle(now=lambda: clock[0])
    before, errors._database_throttle = errors._database_throttle, throttle
    try:
        for path in ("/", "/book/search?q=a", "/v2/book/search?q=a") * 3:
            assert client.get(path).status_code == 503
        clock[0] += 1.5
        assert client.get("/").status_code == 503
    finally:
        errors._database_throttle = before
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2, lines
    assert all("database unavailable" in line and "OperationalError" in line for line in lines)
    assert "not_logged=8" in lines[1]
    close(app)
