"""The frame around a page is kept for visitors: never for another language, another page, or anything of a member."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.support.members import login, make_member

CURRENT = re.compile(r'<a href="([^"]+)" aria-current="page">')


def frame(client: FlaskClient, path: str, **asked: Any) -> str:
    """Return a page without what stands in the middle."""
    return re.sub(r"<main.*</main>", "", client.get(path, **asked).text, flags=re.DOTALL)


def test_a_member_among_visitors_sees_a_members_links_and_leaves_nothing_behind(app: Flask):
    visitor, member = app.test_client(), app.test_client()
    before = frame(visitor, "/terms")
    login(member, make_member(app, nickname="独一无二的名字"))
    own = frame(member, "/terms")
    assert "独一无二的名字" in own
    assert "/my/gifts" in own
    assert 'href="/login"' not in own
    assert frame(visitor, "/terms") == before
    assert "独一无二的名字" not in before
    assert 'href="/login"' in before


def test_each_language_has_its_own(client: FlaskClient):
    assert "登录" in frame(client, "/terms")
    english = frame(client, "/terms", headers={"Accept-Language": "en"})
    assert "Log in" in english
    assert "登录" not in english
    assert "登录" in frame(client, "/terms")


def test_each_page_marks_the_links_to_itself(client: FlaskClient):
    for path in ("/login", "/register", "/terms", "/login"):
        assert set(CURRENT.findall(frame(client, path))) == {path}


def test_a_site_below_a_path_has_its_own_addresses(client: FlaskClient):
    assert 'href="/privacy"' in frame(client, "/terms")
    below = frame(client, "/terms", environ_overrides={"SCRIPT_NAME": "/books"})
    assert 'href="/books/privacy"' in below
    assert 'href="/privacy"' not in below
