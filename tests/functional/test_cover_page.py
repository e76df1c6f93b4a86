"""Covers over the wire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.books import SANTI, SHELF, stock


@pytest.fixture(autouse=True)
def shelf(app: Flask) -> Iterator[None]:
    stock(app)
    return


@pytest.mark.parametrize("facts", SHELF, ids=lambda facts: facts.isbn13)
def test_every_book_has_a_cover(client: FlaskClient, facts):
    response = client.get(f"/cover/{facts.isbn13}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_cover_may_be_kept_and_is_not_sent_twice(client: FlaskClient):
    first = client.get(f"/cover/{SANTI.isbn13}")
    assert first.cache_control.public
    again = client.get(f"/cover/{SANTI.isbn13}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_other_sites_may_show_a_cover(client: FlaskClient):
    assert client.get(f"/cover/{SANTI.isbn13}").headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_any_dress_of_the_number_leads_to_the_one_cover(client: FlaskClient):
    assert client.get("/cover/7-5366-9293-5").location == f"/cover/{SANTI.isbn13}"


@pytest.mark.parametrize("text", ["9787536692947", "9787536692931", "x", "%00", "%ED%A0%80"])
def test_no_book_no_cover(client: FlaskClient, text: str):
    assert client.get(f"/cover/{text}").status_code == 404
