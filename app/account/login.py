"""Come in and go out."""

from __future__ import annotations

import structlog
from flask import flash, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.account import account
from app.container import container
from app.domain.account import WrongCredentials
from app.forms.account import LoginForm
from app.http.auth import NEXT, SESSION_TOKEN
from app.http.limits import asking_address, limited, typed_address
from app.libs.urls import same_site_path

_log = structlog.get_logger()


@account.route("/login", methods=["GET", "POST"])
@limited("LOGIN", person=typed_address, counts=lambda _response: bool(g.get("was_wrong_login")))
def login() -> ResponseReturnValue:
    """Open a session and lead to where the visitor wanted to go, on this site alone."""
    form = LoginForm()
    if form.validate_on_submit():
        try:
            known = container.accounts.authenticate(email=form.email.data or "", password=form.password.data or "")
        except WrongCredentials as refusal:
            g.was_wrong_login = True
            _log.warning("login refused", address=asking_address())
            form.password.errors = [refusal.message(g.language)]
        else:
            _log.info("login", member=known.id)
            target = same_site_path(request.args.get(NEXT) or session.get(NEXT))
            _begin_session(known.id)
            flash(_("欢迎回来，%(nickname)s。", nickname=known.nickname), "success")
            return redirect(target, 303)
    return render_template("account/login.html", form=form)


@account.post("/logout")
def logout() -> ResponseReturnValue:
    """End this browser's session; a copy of its cookie is worth nothing afterwards."""
    if g.user is not None:
        container.sessions.end(g.user.id, g.user.session_id)
        _log.info("logout", member=g.user.id)
    session.clear()
    flash(_("已经退出登录。"), "success")
    return redirect("/", 303)


def _begin_session(user_id: int) -> None:
    """Put a new session's token into an emptied cookie, so that nothing from before the login is carried over."""
    old = g.user
    session.clear()
    if old is not None:
        container.sessions.end(old.id, old.session_id)
    session[SESSION_TOKEN] = container.sessions.open(user_id, agent=request.user_agent.string)
