"""Where one is logged in."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.container import container
from app.domain.errors import NotFound
from app.http.auth import login_required
from app.http.guesses import remember_browser
from app.user.blueprint import user


@user.get("/personal/sessions")
@login_required
def sessions() -> str:
    """List the browsers in which one is logged in."""
    return render_template("user/sessions.html", sessions=container.members.directory.list_sessions(g.user.id))


@user.post("/personal/sessions/<int:session_id>/end")
@login_required
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of one's own sessions; somebody else's does not exist."""
    if not container.members.sessions.end(g.user.id, session_id):
        raise NotFound
    flash(_("那里的登录已经退出。"), "success")
    return redirect(url_for("user.sessions"), 303)


@user.post("/personal/sessions/end")
@login_required
def end_other_sessions() -> ResponseReturnValue:
    """End every session but this one."""
    container.members.sessions.end_others(g.user.id, but=g.user.session_id)
    flash(_("其他地方的登录都已退出。"), "success")
    response = redirect(url_for("user.sessions"), 303)
    remember_browser(response, container.members.credentials.find(g.user.id))
    return response
