"""A drift: the form of a request, and each step by its own POST."""

from __future__ import annotations

from datetime import datetime

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.container import container
from app.domain.drift import DriftState
from app.domain.drift_request import PostalRecipient
from app.domain.gift import GiftNotFound, Postage
from app.domain.meeting import stopped_until
from app.forms.drift import CONDITIONS, POSTAGES, DelayForm, MailedForm, RejectForm, RequestForm
from app.http.auth import login_required
from app.http.flashing import flash_errors
from app.http.limits import limited
from app.http.paging import PER_PAGE, URL_NUMBER, page_among, page_count
from app.http.way_back import lead_back_to
from app.libs.clock import epoch, from_epoch
from app.services.exchange.drifts import Ask
from app.web.blueprint import web
from app.web.drift_rows import rows_for


@web.route(f"/drift/<{URL_NUMBER}:gift_id>", methods=["GET", "POST"])
@login_required
@limited("DRIFT", counts=lambda response: request.method == "POST" and response.status_code < 400)
def drift(gift_id: int) -> ResponseReturnValue:
    """Ask for a copy: why one may not, or the form, or what it does."""
    copy = container.exchange.listings.find_copy(gift_id)
    if copy is None:
        raise GiftNotFound
    lead_back_to(url_for("web.detail", isbn=copy.book.facts.isbn13))
    form = _request_form(meet=copy.postage == Postage.MEET)
    if form.validate_on_submit():
        container.exchange.drifts.request(g.user.id, gift_id, _ask_of(form))
        days = container.exchange.policy.erase_days
        flash(
            _(
                "已经告诉%(giver)s了。这 1 个鱼豆先由鱼书保管：书到了，豆就给%(giver)s；没送成，豆就退还给你。姓名、手机和地址只有%(giver)s能看到，打开时会留下记录给你看；交易结束 %(days)s 天后删除。",
                giver=copy.giver,
                days=days,
            ),
            "success",
        )
        return _to_pending()
    container.exchange.drifts.ensure_may_request(g.user.id, gift_id)
    return render_template(
        "web/drift.html", form=form, copy=copy, facts=copy.book.facts, conditions=CONDITIONS, postages=POSTAGES
    )


def _meetings_stopped_until() -> datetime | None:
    """Return until when the member cannot ask to meet in person, or None."""
    until = stopped_until(container.exchange.facts.list_meetings(g.user.id), epoch(container.core.clock.now()))
    return None if until is None else from_epoch(until)


@web.get("/pending")
@login_required
def pending() -> str:
    """Show the member's drifts on both sides, with what is expected of them first."""
    pages = page_count(container.exchange.drift_list.count_of(g.user.id))
    page, now = page_among(pages), epoch(container.core.clock.now())
    rows = container.exchange.drift_list.list_of(g.user.id, limit=PER_PAGE, offset=(page - 1) * PER_PAGE, now=now)
    return render_template(
        "web/pending.html",
        rows=rows_for(rows, member_id=g.user.id),
        meetings_until=_meetings_stopped_until(),
        page=page,
        pages=pages,
    )


@web.post(f"/drift/<{URL_NUMBER}:drift_id>/reject")
@login_required
def reject_drift(drift_id: int) -> ResponseReturnValue:
    """Decline: "not this time"."""
    form = RejectForm()
    if not form.validate_on_submit():
        return _wrong_words(form)
    container.exchange.drifts.reject(g.user.id, drift_id, reason=form.reason.data or "")
    flash(_("已经告诉对方这次不方便，鱼豆退还给了对方。"), "success")
    return _to_pending()


@web.post(f"/drift/<{URL_NUMBER}:drift_id>/withdraw")
@login_required
def withdraw_drift(drift_id: int) -> ResponseReturnValue:
    """Take a request back."""
    container.exchange.drifts.withdraw(g.user.id, drift_id)
    flash(_("请求已经撤回，鱼豆退还给你了。"), "success")
    return _to_pending()


@web.post(f"/drift/<{URL_NUMBER}:drift_id>/mailed")
@login_required
def mail_drift(drift_id: int) -> ResponseReturnValue:
    """Report that the book is on its way, or that the two have met."""
    form = MailedForm()
    if not form.validate_on_submit():
        return _wrong_words(form)
    container.exchange.drifts.post(
        g.user.id, drift_id, carrier=form.carrier.data or "", tracking=form.tracking.data or ""
    )
    flash(_("好，书上路了。对方点了“收到了”，鱼豆就是你的。"), "success")
    return _to_pending()


@web.post(f"/drift/<{URL_NUMBER}:drift_id>/received")
@login_required
def receive_drift(drift_id: int) -> ResponseReturnValue:
    """Report that the book has arrived."""
    container.exchange.drifts.receive(g.user.id, drift_id)
    flash(_("书到了，真好。鱼豆已经给了送书的人。"), "success")
    return _to_pending()


@web.post(f"/drift/<{URL_NUMBER}:drift_id>/lost")
@login_required
def lose_drift(drift_id: int) -> ResponseReturnValue:
    """Report that the book did not arrive."""
    outcome = container.exchange.drifts.claim_lost(g.user.id, drift_id)
    if outcome is DriftState.LOST:
        flash(_("书可能在路上走丢了，鱼豆已经退还给你。要是哪天它又到了，回来点一下“收到了”就好。"), "success")
    else:
        flash(_("版主会来看看，有了结果就告诉你们两位。鱼豆先由鱼书保管。"), "success")
    return _to_pending()


@web.post(f"/drift/<{URL_NUMBER}:drift_id>/missed")
@login_required
def miss_drift(drift_id: int) -> ResponseReturnValue:
    """Report that the other did not come to meet, or, where they report it of oneself, that it was they."""
    if container.exchange.meetings.miss(g.user.id, drift_id):
        flash(_("记下了。你们都说没来的是对方，这次不算在谁头上。"), "success")
    else:
        flash(_("记下了，请求到此结束：鱼豆退还给请求的人，书回到架上。对方可以在 7 天内说明。"), "success")
    return _to_pending()


@web.post(f"/drift/<{URL_NUMBER}:drift_id>/returned")
@login_required
def return_drift(drift_id: int) -> ResponseReturnValue:
    """Report that the parcel came back."""
    container.exchange.drifts.take_back(g.user.id, drift_id)
    flash(_("知道了，鱼豆退还给了对方。这本书可以再放回架上。"), "success")
    return _to_pending()


@web.post(f"/drift/<{URL_NUMBER}:drift_id>/delay")
@login_required
def delay_drift(drift_id: int) -> ResponseReturnValue:
    """Report "still on its way"."""
    form = DelayForm()
    if not form.validate_on_submit():
        return _wrong_words(form)
    container.exchange.drifts.delay(g.user.id, drift_id, seen=form.seen.data)
    flash(_("好，再等 15 天。"), "success")
    return _to_pending()


@web.post(f"/drift/<{URL_NUMBER}:drift_id>/address")
@login_required
def show_address(drift_id: int) -> ResponseReturnValue:
    """Show where the book goes; the opening is recorded."""
    recipient = container.exchange.drifts.open_address(g.user.id, drift_id)
    response = make_response(render_template("web/address.html", recipient=recipient))
    response.headers["Cache-Control"] = "no-store"
    return response


@web.post("/my/address/forget")
@login_required
def forget_address() -> ResponseReturnValue:
    """Delete the saved address."""
    container.exchange.saved_addresses.forget(g.user.id)
    flash(_("保存的地址已经删除。"), "success")
    return _to_pending()


def _request_form(*, meet: bool) -> RequestForm:
    """Make the form, filled with the saved address, or set to a meeting where the giver wants nothing else."""
    saved = container.exchange.saved_addresses.find(g.user.id) if request.method == "GET" else None
    values = {"recipient_name": saved.name, "mobile": saved.mobile, "address": saved.address} if saved else {}
    form = RequestForm(data={**values, "remember": saved is not None, "handover": meet})
    for field in (form.recipient_name, form.mobile, form.address):
        field.flags.required = not form.handover.data
    return form


def _ask_of(form: RequestForm) -> Ask:
    if form.handover.data:
        return Ask(recipient=None, message=form.message.data or "")
    recipient = PostalRecipient(
        name=form.recipient_name.data or "", mobile=form.mobile.data or "", address=form.address.data or ""
    )
    return Ask(recipient=recipient, message=form.message.data or "", remember=form.remember.data)


def _to_pending() -> ResponseReturnValue:
    return redirect(url_for("web.pending"), 303)


def _wrong_words(form: RejectForm | MailedForm | DelayForm) -> ResponseReturnValue:
    """Show what was wrong with a small form, on the page it came from."""
    flash_errors(form)
    return _to_pending()
