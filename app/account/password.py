"""Forgotten and changed passwords."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.account.blueprint import account
from app.container import container
from app.domain.account import PasswordTooCommon, WrongPassword
from app.forms.account import ChangePasswordForm, EmailForm, NewPasswordForm
from app.http.auth import login_required
from app.http.flashing import mail_sent
from app.http.guesses import guess_limited, remember_browser
from app.http.limits import limited, typed_address
from app.http.logs import note, note_refused


@account.route("/reset/password", methods=["GET", "POST"])
@limited("RESET", person=typed_address, counts=lambda _response: bool(g.get("has_asked_for_reset")))
def forget_password() -> ResponseReturnValue:
    """Post a link that resets the password; the answer is the same for an unknown address."""
    form = EmailForm()
    if form.validate_on_submit():
        g.has_asked_for_reset = True
        container.members.accounts.ask_for_reset(form.email.data or "", language=g.language)
        note("reset asked for")
        return mail_sent(form.email.data or "")
    return render_template("account/forget_password.html", form=form)


@account.route("/reset/password/<token>", methods=["GET", "POST"])
def reset_password(token: str) -> ResponseReturnValue:
    """Set a new password by a mailed link."""
    container.members.account_tokens.find("reset", token)
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            container.members.accounts.reset_password(token, form.password1.data or "")
        except PasswordTooCommon as refusal:
            form.password1.errors = [refusal.message(g.language)]
        else:
            flash(_("新密码设好了，请用它登录。"), "success")
            return redirect(url_for("account.login"), 303)
    return render_template("account/new_password.html", form=form)


@account.route("/change/password", methods=["GET", "POST"])
@guess_limited()
@login_required
def change_password() -> ResponseReturnValue:
    """Change the password after checking the old one."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            container.members.accounts.change_password(
                g.user.id,
                old=form.old_password.data or "",
                new=form.password1.data or "",
                session_id=g.user.session_id,
            )
        except WrongPassword as refusal:
            g.was_wrong_guess = True
            note_refused("password")
            form.old_password.errors = [refusal.message(g.language)]
        except PasswordTooCommon as refusal:
            form.password1.errors = [refusal.message(g.language)]
        else:
            flash(_("密码改好了。其他地方的登录都已退出。"), "success")
            response = redirect("/", 303)
            remember_browser(response, container.members.credentials.find(g.user.id))
            return response
    return render_template("account/change_password.html", form=form)
