"""A member's holiday: taken, changed, ended."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.container import container
from app.domain.errors import Refusal
from app.domain.holiday import HOLIDAY_DAYS, HOLIDAY_WINDOW, WAITING_ENDS_AFTER, Days, day_of, days_of
from app.forms.holiday import HolidayForm
from app.http.auth import login_required
from app.http.limits import limited
from app.libs.clock import epoch, from_epoch
from app.user.blueprint import user

_PROPOSED = timedelta(days=7)


@user.route("/my/holiday", methods=["GET", "POST"])
@login_required
@limited("HOLIDAY", counts=lambda response: response.status_code == 303)
def holiday() -> ResponseReturnValue:
    """Show the holiday that is under way or planned, with a form that takes or changes one."""
    now, zone = epoch(container.core.clock.now()), container.exchange.policy.time_zone
    current = container.exchange.holidays.find(g.user.id)
    today = day_of(now, zone)
    shown = days_of(current.from_at, current.until, zone) if current else Days(today, today + _PROPOSED)
    begun = current is not None and current.from_at <= now
    form = HolidayForm(data=shown._asdict())
    if begun:
        form.first.data = shown.first  # what has begun has begun
    if form.validate_on_submit() and _take(form):
        flash(_("记下了。你不在的时候，书先歇着；回来那天自己回到架上。"), "success")
        return redirect(url_for("user.holiday"), 303)
    page = render_template(
        "user/holiday.html",
        form=form,
        current=current,
        begun=begun,
        today=today,
        ends=None if current is None else from_epoch(current.until - 1),
        begins=None if current is None else from_epoch(current.from_at),
        most=HOLIDAY_DAYS,
        window=HOLIDAY_WINDOW,
        waiting=WAITING_ENDS_AFTER,
    )
    return page, 400 if request.method == "POST" else 200


@user.post("/my/holiday/end")
@login_required
@limited("HOLIDAY", counts=lambda response: response.status_code == 303)
def end_holiday() -> ResponseReturnValue:
    """Be back now, or drop a holiday that has not begun."""
    container.exchange.holidays.end(g.user.id)
    flash(_("欢迎回来！书正回到架上。"), "success")
    return redirect(url_for("user.holiday"), 303)


def _take(form: HolidayForm) -> bool:
    """Take the holiday that was typed; a refusal lands on the form."""
    first, last = form.first.data, form.last.data
    if first is None or last is None:
        return False
    try:
        container.exchange.holidays.take(g.user.id, Days(first, last))
    except Refusal as refusal:
        form.last.errors = [refusal.message(g.language)]
        return False
    return True
