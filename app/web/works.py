"""Which editions are one book, and which may be a part: members report two, moderators merge, part, call whole and take back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.container import container
from app.domain.errors import Refusal
from app.domain.isbn import canonical
from app.domain.work_decision import DecisionKind, NotOneWork
from app.forms.works import ReasonForm, ReportForm, WorksForm
from app.http.auth import confirmed_required, permission_required
from app.http.paging import URL_NUMBER, page_asked_for
from app.http.way_back import find_way_back
from app.libs.clock import from_epoch
from app.web.blueprint import web

_SHOWN = 20


@web.route("/book/<isbn>/not-same/<other>", methods=["GET", "POST"])
@confirmed_required
def report_editions(isbn: str, other: str) -> ResponseReturnValue:
    """Let a member say that two editions of one work are not the same book; any number of theirs will do.

    :raises NotOneWork: for others.
    """
    numbers = [canonical(said) or "" for said in (isbn, other)]
    known = container.catalogue.books.resolve_many(numbers)
    books = [known[number] for number in numbers if number in known]
    if len(books) != 2 or books[0].id == books[1].id or books[0].work_id != books[1].work_id or not books[0].work_id:
        raise NotOneWork
    one, two = (book.facts.isbn13 for book in books)
    form = ReportForm()
    if form.validate_on_submit():
        container.moderation.reports.report_editions(g.user.id, one, two, note=form.note.data or "")
        flash(_("谢谢，版主会来看的。"), "success")
        return redirect(url_for("web.detail", isbn=one), 303)
    return render_template("web/report_editions.html", books=books, form=form), 400 if form.errors else 200


@web.get("/moderation/works")
@permission_required("moderate")
def decided_works() -> str:
    """Show what was decided about works, newest first, and a form to merge two.

    :raises NotFound: behind the last page.
    """
    page = page_asked_for()
    rows = container.catalogue.decision_list.list_decisions(limit=_SHOWN + 1, offset=(page - 1) * _SHOWN)
    if page > 1 and not rows:
        raise NotFound
    return render_template(
        "web/works.html",
        decisions=[(row, from_epoch(row.time)) for row in rows[:_SHOWN]],
        older=page + 1 if len(rows) > _SHOWN else None,
        works_form=WorksForm(formdata=None),
        page=page,
    )


@web.post("/moderation/works")
@permission_required("moderate")
def decide_works() -> ResponseReturnValue:
    """Merge the works of two books, or put one into the other's."""
    form = WorksForm()
    decisions = container.catalogue.work_decisions
    act = decisions.put if form.kind.data == DecisionKind.PUT.value else decisions.merge
    decide = partial(act, g.user.id, form.isbn.data or "", form.other.data or "")
    return _decided(form, decide, lambda: _page_of(form.isbn.data or ""))


@web.post("/moderation/works/part/<isbn>")
@permission_required("moderate")
def part_edition(isbn: str) -> ResponseReturnValue:
    """Take one edition out of its work."""
    decide = partial(container.catalogue.work_decisions.part, g.user.id, isbn)
    return _decided(ReasonForm(), decide, lambda: _page_of(isbn))


def _page_of(isbn: str) -> str:
    """Return the page of a book that something was decided about."""
    return url_for("web.detail", isbn=canonical(isbn))


@web.get("/moderation/short-editions")
@permission_required("moderate")
def short_editions() -> str:
    """List the editions that may be one volume of what their work's other editions hold whole.

    :raises NotFound: behind the last page.
    """
    page = page_asked_for()
    listed, at = container.catalogue.short_editions, (page - 1) * _SHOWN
    if page > 1 and not listed.has_open(offset=at):
        raise NotFound
    return render_template(
        "web/short_editions.html",
        editions=listed.list_open(limit=_SHOWN, offset=at),
        more=page + 1 if listed.has_open(offset=page * _SHOWN) else None,
    )


@web.post("/moderation/short-editions/<isbn>")
@permission_required("moderate")
def call_whole(isbn: str) -> ResponseReturnValue:
    """Record that an edition that may be one volume is whole."""
    decide = partial(container.catalogue.work_decisions.call_whole, g.user.id, isbn)
    return _decided(ReasonForm(), decide, lambda: url_for("web.short_editions"))


@web.post(f"/moderation/works/<{URL_NUMBER}:decision_id>/undo")
@permission_required("moderate")
def undo_decision(decision_id: int) -> ResponseReturnValue:
    """Take a decision back."""
    decide = partial(container.catalogue.work_decisions.undo, g.user.id, decision_id)
    return _decided(ReasonForm(), decide, lambda: url_for("web.decided_works"), _("撤销了。"))


def _decided(
    form: ReasonForm, decide: Callable[..., object], address: Callable[[], str], done: str = ""
) -> ResponseReturnValue:
    """Run what a moderator decided for the reason in a form, and lead on; where it is refused, show the form as it was filled in, and why."""
    if not form.validate_on_submit():
        return _ask_again(form, 400)
    try:
        decide(reason=form.reason.data or "")
    except Refusal as refusal:
        return _ask_again(form, refusal.status, refusal.message(g.language))
    flash(done or _("决定已经记下；可以在“作品的合并与拆分”里撤销。"), "success")
    return redirect(address(), 303)


def _ask_again(form: ReasonForm, status: int, said: str = "") -> ResponseReturnValue:
    return render_template("web/decide_again.html", form=form, said=said, way_back=find_way_back()), status
