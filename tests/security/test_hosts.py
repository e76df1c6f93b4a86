"""No answer repeats the Host that a request named."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.members import login, make_member

EVIL = "evil.example"


@pytest.mark.parametrize(
    "path",
    [
        "/book//search?q=a",
        "/book///search",
        "//book/search",
        "/login/",
        "/my//lists",
        "/user//1",
        "/static//css/yushu.css",
    ],
)
def test_a_path_with_a_slash_too_many_leads_to_no_foreign_host(client: FlaskClient, path: str):
    with client.get(path, headers={"Host": EVIL}) as answer:
        assert answer.status_code in {200, 404}
        assert EVIL not in str(answer.headers)


def test_no_rule_of_the_site_redirects_by_itself(app: Flask):
    """Werkzeug builds the address of such a redirect from the Host."""
    assert not app.url_map.merge_slashes
    assert not [rule.rule for rule in app.url_map.iter_rules() if rule.rule.endswith("/") and rule.rule != "/"]
    assert not [rule.rule for rule in app.url_map.iter_rules() if rule.redirect_to or rule.alias]


@pytest.mark.parametrize(
    "path",
    ["/", "/book/search?q=三体", "/book/search?q=9787536692930", "/login", "/my/gifts", "/recent.atom", "/sitemap.xml"],
)
def test_no_page_repeats_a_foreign_host(app: Flask, client: FlaskClient, path: str):
    member = app.test_client()
    login(member, make_member(app))
    for visitor in (client, member):
        answer = visitor.get(path, headers={"Host": EVIL})
        assert EVIL not in answer.text
        assert EVIL not in str(answer.headers)
