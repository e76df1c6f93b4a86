"""The moderators' page: drifts that two disagree about, members whom losses stopped, and what moderators did."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.container import container
from app.domain.drift import DriftState
from app.domain.moderation import Stop
from app.forms.drift import DecideForm, LiftForm
from app.forms.works import WorksForm
from app.http.auth import permission_required
from app.http.flashing import flash_errors
from app.http.paging import URL_NUMBER, page_asked_for
from app.queries.moderation import LOSSES
from app.web.blueprint import web
from app.web.drift_rows import deed_in_words, rows_for
from app.web.works import list_reported

_SHOWN = 50


@web.get("/moderation")
@permission_required("moderate")
def moderation() -> str:
    """Show what waits for a moderator, and what was decided lately.

    :raises NotFound: behind the last page of losses.
    """
    page = page_asked_for()
    if page > 1 and not container.exchange.moderation_list.has_losses(offset=(page - 1) * LOSSES):
        raise NotFound
    disputed = container.exchange.drift_list.list_disputed(limit=_SHOWN)
    return render_template(
        "web/moderation.html",
        rows=rows_for(disputed, member_id=g.user.id),
        stopped=container.exchange.moderation_list.list_stopped(offset=(page - 1) * LOSSES),
        older=page + 1 if container.exchange.moderation_list.has_losses(offset=page * LOSSES) else None,
        deeds=[deed_in_words(deed) for deed in container.exchange.moderation_list.list_deeds(limit=_SHOWN)],
        form=DecideForm(),
        reported=list_reported(),
        works_form=WorksForm(formdata=None),
    )


@web.post(f"/drift/<{URL_NUMBER}:drift_id>/decide")
@permission_required("moderate")
def decide_drift(drift_id: int) -> ResponseReturnValue:
    """End a drift, with a reason that both see."""
    form = DecideForm()
    if form.validate_on_submit():
        container.exchange.moderation.decide(
            g.user.id, drift_id, DriftState(form.decision.data), reason=form.reason.data or ""
        )
        flash(_("决定已经记下，双方都会收到消息。"), "success")
    flash_errors(form)
    return redirect(url_for("web.moderation"), 303)


@web.post(f"/moderation/<{URL_NUMBER}:member_id>/lift")
@permission_required("moderate")
def lift_stop(member_id: int) -> ResponseReturnValue:
    """Let a member give or ask again, with a reason for the record."""
    form = LiftForm()
    if form.validate_on_submit():
        container.exchange.moderation.lift(g.user.id, member_id, Stop(form.stop.data), reason=form.reason.data or "")
        flash(_("暂停已经解除，这位书友会收到消息。"), "success")
    flash_errors(form)
    return redirect(url_for("web.moderation"), 303)
