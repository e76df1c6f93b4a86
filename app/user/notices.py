"""What happened, as the member is told in the site."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.container import container
from app.http.auth import login_required
from app.http.paging import PER_PAGE, page_asked_for, page_count
from app.user.blueprint import user
from app.user.notice_words import words_of

_ALL = 2**53


@user.app_template_global()
def unread_notices() -> int:
    """Count what the member has not read; 0 for a visitor."""
    return 0 if g.user is None else container.exchange.notice_list.count_unread(g.user.id)


@user.get("/notices")
@login_required
def notices() -> str:
    """Show the notices, newest first."""
    page = page_asked_for()
    rows = container.exchange.notice_list.list_of(g.user.id, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    return render_template(
        "user/notices.html",
        notices=[words_of(row) for row in rows],
        newest=max((row.id for row in rows), default=0),
        unread=container.exchange.notice_list.count_unread(g.user.id),
        page=page,
        pages=page_count(container.exchange.notice_list.count_of(g.user.id)),
    )


@user.post("/notices/read")
@login_required
def read_notices() -> ResponseReturnValue:
    """Mark the notices read, up to the newest that was shown."""
    newest = request.form.get("newest", _ALL, type=int)
    container.exchange.notices.mark_read(g.user.id, up_to=min(newest, _ALL))
    return redirect(url_for("user.notices"), 303)
