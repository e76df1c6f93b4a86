"""Become a member."""

from __future__ import annotations

from flask import g, render_template
from flask.typing import ResponseReturnValue

from app.account import account
from app.container import container
from app.domain.account import NicknameTaken, PasswordTooCommon
from app.forms.account import RegisterForm
from app.http.limits import limited


@account.route("/register", methods=["GET", "POST"])
@limited("SIGNUP", counts=lambda _response: bool(g.get("has_signed_up")))
def register() -> ResponseReturnValue:
    """Make an account, and say that a letter is on its way: the same for a known address."""
    form = RegisterForm()
    if form.validate_on_submit():
        try:
            container.accounts.register(
                email=form.email.data or "",
                nickname=form.nickname.data or "",
                password=form.password.data or "",
                language=g.language,
            )
        except NicknameTaken as refusal:
            form.nickname.errors = [refusal.message(g.language)]
        except PasswordTooCommon as refusal:
            form.password.errors = [refusal.message(g.language)]
        else:
            g.has_signed_up = True
            return render_template(
                "account/letter_sent.html", email=form.email.data, is_terminal=container.mail_transport.is_terminal
            )
    return render_template("account/register.html", form=form)
