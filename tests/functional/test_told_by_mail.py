"""What changes who can log in is told by mail, even to a member who wants no mail: it may have been somebody else."""

from __future__ import annotations

import pyotp
import pytest
from flask import Flask

from app.domain.account import WrongCode
from tests.support.mails import deliver, post_office
from tests.support.members import PASSWORD, make_member
from tests.support.pages import PageClient

PHONE = "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36"
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def told(app: Flask):
    """Return a member who wants no mail, and what tells the subjects of the mails that came since it was asked last."""
    member, post, seen = make_member(app, language="en"), post_office(app), [0]
    with app.app_context():
        app.extensions["container"].members.profiles.change(
            member.id, nickname=member.nickname, language="en", wants_mail=False
        )

    def news() -> list[str]:
        deliver(app)
        subjects = [mail.subject for mail in post.sent[seen[0] :]]
        seen[0] = len(post.sent)
        return subjects

    return member, news


def test_each_change_of_the_second_factor_is_told(app: Flask, told):
    member, news = told
    factors = app.extensions["container"].members.second_factors
    with app.app_context():
        factors.begin(member.id)
        factors.turn_off(member.id)
        assert news() == [], "nothing was on yet"
        factors.begin(member.id)
        codes = factors.turn_on(member.id, pyotp.TOTP(factors.state(member.id).secret).now())
        assert news() == ["[鱼书] Your second factor is on"]
        factors.check(member.id, codes[0])
        assert news() == ["[鱼书] A recovery code has been used to log in"]
        assert "left: 9." in deliver(app)[-1]
        with pytest.raises(WrongCode):
            factors.check(member.id, codes[0])
        factors.renew_codes(member.id)
        assert news() == ["[鱼书] Your recovery codes have been renewed"]
        factors.turn_off(member.id)
        assert news() == ["[鱼书] Your second factor is off"]


def test_a_login_from_a_new_kind_of_browser_is_told_to_who_is_logged_in_elsewhere(app: Flask, told):
    member, news = told

    def come(agent: str) -> list[str]:
        client = PageClient(app)
        client.http.environ_base["HTTP_USER_AGENT"] = agent
        client.post("/login", {"email": member.email, "password": PASSWORD})
        return news()

    assert come(LAPTOP) == []
    assert come(LAPTOP) == []
    assert come(PHONE) == ["[鱼书] Your account was logged in somewhere new"]
    assert "Chrome · Android" in deliver(app)[-1]
    assert come(PHONE) == []
