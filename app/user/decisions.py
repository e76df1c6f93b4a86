"""What moderators decided about a member, as the member reads it, and an appeal against it."""

from __future__ import annotations

from datetime import datetime

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.container import container
from app.domain.moderation import Sanction
from app.domain.report import may_appeal
from app.forms.moderation import AppealForm
from app.http.auth import login_required
from app.http.flashing import flash_errors
from app.http.paging import URL_NUMBER
from app.libs.clock import epoch, from_epoch
from app.queries.moderation import DecisionRow
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
        Sanction.HIDE: _("隐藏了你写的内容"),
        Sanction.WARN: _("提醒"),
        Sanction.SUSPEND: _("暂停发起新的交换"),
        Sanction.END_SUSPENSION: _("提前解除暂停"),
        Sanction.DISABLE: _("停用账号"),
        Sanction.UPHOLD: _("申诉看过了，维持原来的决定"),
        Sanction.REVERSE: _("申诉成立，原来的决定撤销了"),
    }
    rows = container.exchange.moderation_list.list_about(g.user.id, limit=_SHOWN)
    return render_template(
        "user/decisions.html",
        decisions=[
            (row, names[row.kind], from_epoch(row.time), None if row.until is None else from_epoch(row.until))
            for row in rows
        ],
        may_appeal=_may_appeal,
    )


def _may_appeal(row: DecisionRow) -> bool:
    return not row.is_appealed and may_appeal(row.kind, decided_at=row.time, now=epoch(container.core.clock.now()))


@user.post(f"/my/decisions/<{URL_NUMBER}:act_id>/appeal")
@login_required
def appeal(act_id: int) -> ResponseReturnValue:
    """Let another moderator look at a decision."""
    form = AppealForm()
    if form.validate_on_submit():
        container.moderation.appeals.appeal(g.user.id, act_id, note=form.note.data or "")
        flash(_("申诉交上去了，另一位版主会来看。"), "success")
    flash_errors(form)
    return redirect(url_for("user.decisions"), 303)
