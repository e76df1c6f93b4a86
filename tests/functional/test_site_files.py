"""The small files that browsers and crawlers ask for."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/sitemap.xml", "application/xml"),
    ],
)
def test_each_has_its_content_type_and_may_be_kept_for_a_day(client: FlaskClient, path: str, content_type: str):
    response = client.get(path)
    assert (response.status_code, response.headers["Content-Type"]) == (200, content_type)
    assert response.cache_control.max_age == 24 * 3600


def test_who_asks_for_the_usual_picture_gets_one(client: FlaskClient):
    with client.get("/favicon.ico", follow_redirects=True) as response:
        assert response.headers["Content-Type"] == "image/png"


def test_the_icons_of_the_manifest_are_there(client: FlaskClient):
    for icon in json.loads(client.get("/manifest.webmanifest").data)["icons"]:
        with client.get(icon["src"]) as response:
            assert response.status_code == 200
