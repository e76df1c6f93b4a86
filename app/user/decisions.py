"""What moderators decided about a member, as the member reads it."""

from __future__ import annotations

from datetime import datetime

from flask import g, render_template
from flask_babel import gettext as _

from app.container import container
from app.domain.moderation import Sanction
from app.http.auth import login_required
from app.libs.clock import epoch, from_epoch
from app.user.blueprint import user

_SHOWN = 50


@user.app_template_global()
def suspended_until() -> datetime | None:
    """Return until when the member who asks begins nothing new; None for others."""
    if g.user is None or g.user.suspended_until <= epoch(container.core.clock.now()):
        return None
    return from_epoch(g.user.suspended_until)


@user.get("/my/decisions")
@login_required
def decisions() -> str:
    """Show what was decided about the member, newest first, and why."""
    names = {
        Sanction.SUSPEND: _("暂停发起新的交换"),
        Sanction.END_SUSPENSION: _("提前解除暂停"),
    }
    rows = container.exchange.moderation_list.list_about(g.user.id, limit=_SHOWN)
    return render_template(
        "user/decisions.html",
        decisions=[
            (names[row.kind], row.reason, from_epoch(row.time), None if row.until is None else from_epoch(row.until))
            for row in rows
        ],
    )
