"""Come in and go out."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.account.blueprint import account
from app.container import container
from app.domain.account import WrongCode, WrongCredentials
from app.domain.characters import isolated
from app.forms.account import CodeForm, LoginForm
from app.http.auth import NEXT, begin_session, forget_member
from app.http.cookies import remember_language
from app.http.guesses import guess_limited, guesses_of_code, guesses_of_login, remember_browser
from app.http.hooks import LANGUAGE_COOKIE
from app.http.logs import note_refused
from app.libs.clock import epoch
from app.libs.urls import same_site_path
from app.queries.credentials import CredentialsRow

#: The field of the cookie that says: this password of this member was right at this second; the number is still missing.
HALF = "half_way"
HALF_SECONDS = 600


def half_way() -> CredentialsRow | None:
    """Return the account whose password was right within the last ten minutes and still is, or None."""
    user_id, since, mark = session.get(HALF, (0, 0, ""))
    is_recent = epoch(container.core.clock.now()) - since < HALF_SECONDS
    return container.members.accounts.find_unchanged(user_id, mark) if is_recent else None


@account.route("/login", methods=["GET", "POST"])
@guess_limited(guesses_of_login)
def login() -> ResponseReturnValue:
    """Open a session and lead to where the visitor wanted to go, on this site alone."""
    form = LoginForm()
    if form.validate_on_submit():
        try:
            return _come_in(form)
        except WrongCredentials as refusal:
            g.was_wrong_guess = True
            note_refused("login")
            form.password.errors = [refusal.message(g.language)]
    return render_template("account/login.html", form=form)


def _come_in(form: LoginForm) -> ResponseReturnValue:
    """Check the password, then open a session, or ask for the second factor.

    :raises WrongCredentials: when the password is wrong, or is changed this very moment.
    """
    known = container.members.accounts.authenticate(email=form.email.data or "", password=form.password.data or "")
    target = same_site_path(request.args.get(NEXT) or session.get(NEXT))
    if known.has_second_factor:
        session.clear()
        session[HALF] = [known.user_id, epoch(container.core.clock.now()), known.mark]
        session[NEXT] = target
        return redirect(url_for("account.second_factor"), 303)
    begin_session(known)
    return _welcome(known, target)


@account.route("/login/code", methods=["GET", "POST"])
@guess_limited(lambda: guesses_of_code(half_way()))
def second_factor() -> ResponseReturnValue:
    """Ask whose password was right for the number on their phone, or a recovery code."""
    known = half_way()
    if known is None:
        return redirect(url_for("account.login"), 303)
    form = CodeForm()
    target = same_site_path(session.get(NEXT))
    if form.validate_on_submit():
        try:
            container.members.second_factors.act_with_code(
                known.user_id, form.code.data or "", lambda: begin_session(known)
            )
        except WrongCode as refusal:
            g.was_wrong_guess = True
            note_refused("second factor", member=known.user_id)
            form.code.errors = [refusal.message(g.language)]
        except WrongCredentials:
            return redirect(url_for("account.login"), 303)
        else:
            return _welcome(known, target)
    return render_template("account/second_factor.html", form=form)


@account.post("/logout")
def logout() -> ResponseReturnValue:
    """End this browser's session; a copy of its cookie is worth nothing afterwards."""
    if g.user is not None:
        container.members.sessions.end(g.user.id, g.user.session_id)
    session.clear()
    forget_member()
    flash(_("已经退出登录。"), "success")
    return redirect("/", 303)


def _welcome(known: CredentialsRow, target: str) -> ResponseReturnValue:
    flash(_("欢迎回来，%(nickname)s。", nickname=isolated(g.user.nickname)), "success")
    response = redirect(target, 303)
    remember_browser(response, known)
    if LANGUAGE_COOKIE not in request.cookies:
        remember_language(response, g.user.language)
    return response
