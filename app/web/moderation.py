"""The moderators' pages: one list of what waits for them, the most urgent first, and each case with what matters for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.container import container
from app.domain.book_entry import NotABookEntry, between_people, book_facts
from app.domain.drift import DriftState
from app.domain.errors import Refusal
from app.domain.moderation import OwnCase, Stop
from app.domain.report import CaseClosed, CaseKind, Decision
from app.forms.drift import DecideForm, LiftForm
from app.forms.moderation import KIND_NAMES, REASON_NAMES, CaseForm, MendForm
from app.forms.works import WorksForm
from app.http.auth import permission_required
from app.http.flashing import flash_errors
from app.http.paging import URL_NUMBER, page_asked_for
from app.libs.clock import epoch
from app.queries.report import CaseRow
from app.services.moderation.case_decisions import Ruling
from app.web.blueprint import web
from app.web.cases import context_of
from app.web.drift_rows import deed_in_words

_SHOWN = 20
_DEEDS = 50


@web.get("/moderation")
@permission_required("moderate")
def moderation() -> str:
    """Show what waits for a moderator, narrowed by kind or to what they have taken, and what was decided lately.

    :raises NotFound: behind the last page.
    """
    page, asked = page_asked_for(), request.args.get("kind", "")
    kind = CaseKind(asked) if asked in set(CaseKind) else None
    is_mine = request.args.get("mine") == "1"
    rows = container.moderation.cases.list_open(
        kind=kind,
        claimed_by=g.user.id if is_mine else None,
        reader_id=g.user.id,
        limit=_SHOWN + 1,
        offset=(page - 1) * _SHOWN,
    )
    if page > 1 and not rows:
        raise NotFound
    narrowed: dict[str, Any] = {"kind": kind and kind.value, "mine": 1 if is_mine else None}
    return render_template(
        "web/moderation.html",
        rows=rows[:_SHOWN],
        now=epoch(container.core.clock.now()),
        kind=kind,
        is_mine=is_mine,
        kinds=KIND_NAMES,
        reasons=REASON_NAMES,
        newer=url_for("web.moderation", **narrowed, page=page - 1) if page > 1 else "",
        older=url_for("web.moderation", **narrowed, page=page + 1) if len(rows) > _SHOWN else "",
        deeds=[deed_in_words(deed) for deed in container.exchange.moderation_list.list_deeds(limit=_DEEDS)],
        works_form=WorksForm(formdata=None),
    )


@web.get(f"/moderation/cases/<{URL_NUMBER}:case_id>")
@permission_required("moderate")
def moderation_case(case_id: int) -> str:
    """Show one case: what is reported, by whom and why, whom it is about, and what may be decided.

    :raises CaseClosed: when there is none. :raises OwnCase: about oneself, who is not to learn who reported.
    """
    case = _get_case(case_id)
    if case.member_id is not None and container.exchange.persons.are_one(g.user.id, case.member_id):
        raise OwnCase
    form = CaseForm(formdata=None)
    form.offer(case.kind)
    now = epoch(container.core.clock.now())
    taken = case.claimer_id if case.claimed_until > now else None
    return render_template(
        "web/moderation_case.html",
        case=case,
        form=form,
        now=now,
        kinds=KIND_NAMES,
        reasons=REASON_NAMES,
        is_mine=taken == g.user.id,
        is_taken=taken is not None,
        **context_of(case),
    )


@web.post(f"/moderation/cases/<{URL_NUMBER}:case_id>/claim")
@permission_required("moderate")
def claim_case(case_id: int) -> ResponseReturnValue:
    """Take a case, so that no other moderator decides it meanwhile."""
    _run(lambda: container.moderation.decisions.claim(g.user.id, case_id), _("这件事归你看，留给你一个小时。"))
    return redirect(url_for("web.moderation_case", case_id=case_id), 303)


@web.post(f"/moderation/cases/<{URL_NUMBER}:case_id>/release")
@permission_required("moderate")
def release_case(case_id: int) -> ResponseReturnValue:
    """Let others have a case."""
    _run(lambda: container.moderation.decisions.release(g.user.id, case_id), _("放回去了，别的版主可以看。"))
    return redirect(url_for("web.moderation"), 303)


@web.post(f"/moderation/cases/<{URL_NUMBER}:case_id>/decide")
@permission_required("moderate")
def decide_case(case_id: int) -> ResponseReturnValue:
    """Decide a case, with a reason."""
    case = _get_case(case_id)
    form = CaseForm()
    form.offer(case.kind)
    if not form.validate_on_submit():
        flash_errors(form)
        return redirect(url_for("web.moderation_case", case_id=case_id), 303)
    ruling = Ruling(
        decision=Decision(form.decision.data),
        reason=form.reason.data or "",
        days=form.days.data or 0,
        hide=form.hide.data,
        part=form.part.data or "",
    )
    return _decided(case_id, lambda: container.moderation.decisions.decide(g.user.id, case_id, ruling))


@web.post(f"/moderation/cases/<{URL_NUMBER}:case_id>/mend")
@permission_required("moderate")
def mend_case(case_id: int) -> ResponseReturnValue:
    """Correct what is known of the book of a case, with a reason for the record."""
    form = MendForm()
    case = _get_case(case_id)
    if not form.validate_on_submit():
        flash_errors(form)
        return redirect(url_for("web.moderation_case", case_id=case_id), 303)
    people = {name: between_people(form[name].data or "") for name in ("authors", "translators")}
    try:
        facts = book_facts(form.data | people | {"isbn13": case.isbn13}, source="operator")
    except NotABookEntry as refusal:
        flash(refusal.message(g.language), "error")
        return redirect(url_for("web.moderation_case", case_id=case_id), 303)
    reason = form.reason.data or ""
    return _decided(case_id, lambda: container.moderation.decisions.mend(g.user.id, case_id, facts, reason=reason))


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


def _get_case(case_id: int) -> CaseRow:
    """Return a case.

    :raises CaseClosed: when there is none.
    """
    case = container.moderation.cases.find(case_id)
    if case is None:
        raise CaseClosed
    return case


def _decided(case_id: int, decide: Callable[[], Any]) -> ResponseReturnValue:
    """Carry out a decision: on to the list, or back to the case with why not."""
    if _run(decide, _("这件事处理好了。")):
        return redirect(url_for("web.moderation"), 303)
    return redirect(url_for("web.moderation_case", case_id=case_id), 303)


def _run(act: Callable[[], Any], done: str) -> bool:
    """Do something, and flash that it is done, or why not; return whether it is. What is not there has a page of its own."""
    try:
        act()
    except CaseClosed:
        raise
    except Refusal as refusal:
        flash(refusal.message(g.language), "error")
        return False
    flash(done, "success")
    return True
