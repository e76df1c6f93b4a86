"""Static files may be kept for a year, because their address changes with their content."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

A_YEAR = 365 * 24 * 3600


def addresses(client: FlaskClient) -> list[str]:
    html = client.get("/").text
    return re.findall(r'(?:href|src)="([^"]*/static/[^"]+)"', html)


def test_every_static_file_of_a_page_carries_the_mark_of_its_content(client: FlaskClient):
    found = addresses(client)
    assert len(found) >= 6
    assert [address for address in found if not re.search(r"\?v=[0-9a-f]{10}$", address)] == []


def test_such_a_file_is_kept_for_a_year(client: FlaskClient):
    for address in addresses(client):
        with client.get(address) as response:
            assert response.status_code == 200
            assert response.cache_control.max_age == A_YEAR
            assert response.cache_control.immutable


def test_a_file_without_a_mark_is_asked_for_anew(client: FlaskClient):
    with client.get("/static/css/yushu.css") as response:
        assert response.cache_control.no_cache
        assert response.cache_control.max_age is None
