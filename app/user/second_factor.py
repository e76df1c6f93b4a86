"""The second factor: begin, turn on, new recovery codes, turn off."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import segno
from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.container import container
from app.domain.account import WrongCode, WrongPassword
from app.forms.account import CodeForm, PasswordForm
from app.http.auth import login_required
from app.http.guesses import guess_limited
from app.http.logs import note_refused
from app.user.blueprint import user

R = TypeVar("R")


@user.get("/personal/second-factor")
@login_required
def second_factor() -> str:
    """Show where one stands: off, begun (a picture to scan), or on."""
    return _page()


@user.post("/personal/second-factor/begin")
@guess_limited()
@login_required
def begin_second_factor() -> ResponseReturnValue:
    """Make a new secret, after the password."""
    form = PasswordForm()
    try:
        _act(form, container.members.second_factors.begin)
    except WrongPassword:
        return _page(password=form)
    return redirect(url_for("user.second_factor"), 303)


@user.post("/personal/second-factor/on")
@guess_limited()
@login_required
def turn_on_second_factor() -> ResponseReturnValue:
    """Turn it on by a first number, and show the recovery codes this once."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _page(code=form)
    try:
        codes = container.members.second_factors.turn_on(g.user.id, form.code.data or "")
    except WrongCode as refusal:
        g.was_wrong_guess = True
        form.code.errors = [refusal.message(g.language)]
        return _page(code=form)
    return render_template("user/recovery_codes.html", codes=codes)


@user.post("/personal/second-factor/codes")
@guess_limited()
@login_required
def renew_recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes after the password; the old ones work no more."""
    form = PasswordForm()
    try:
        codes = _act(form, container.members.second_factors.renew_codes)
    except WrongPassword:
        return _page(password=form)
    return render_template("user/recovery_codes.html", codes=codes)


@user.post("/personal/second-factor/off")
@guess_limited()
@login_required
def turn_off_second_factor() -> ResponseReturnValue:
    """Turn it off, after the password."""
    form = PasswordForm()
    try:
        _act(form, container.members.second_factors.turn_off)
    except WrongPassword:
        return _page(password=form)
    flash(_("两步登录关掉了。"), "success")
    return redirect(url_for("user.second_factor"), 303)


def _act(form: PasswordForm, act: Callable[[int], R]) -> R:
    """Act for the member whose password the form holds.

    :raises WrongPassword: when it holds another, or none; the form says so.
    """
    if not form.validate_on_submit():
        raise WrongPassword
    try:
        return container.members.accounts.act_with_password(g.user.id, form.password.data or "", lambda: act(g.user.id))
    except WrongPassword as refusal:
        g.was_wrong_guess = True
        note_refused("password")
        form.password.errors = [refusal.message(g.language)]
        raise


def _page(*, password: PasswordForm | None = None, code: CodeForm | None = None) -> str:
    state = container.members.second_factors.state(g.user.id)
    return render_template(
        "user/second_factor.html",
        state=state,
        picture=state.secret and _picture(state.secret),
        password=password or PasswordForm(),
        code=code or CodeForm(),
    )


def _picture(secret: str) -> str:
    """Return the QR picture as a data address; the policy allows pictures from those."""
    address = container.members.second_factors.address(secret, g.user.email)
    picture: str = segno.make(address, error="m").svg_data_uri(scale=5, border=3, dark="#000", light="#fff")
    return picture
