"""A member reports something to the moderators."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.container import container
from app.domain.report import REASONS, CaseKind, Reason
from app.forms.moderation import KIND_NAMES, SubjectReportForm
from app.http.auth import confirmed_required
from app.http.way_back import lead_back_to
from app.web.blueprint import web

_KINDS = ",".join(kind.value for kind in REASONS)


@web.route(f"/report/<any({_KINDS}):kind>/<path:subject>", methods=["GET", "POST"])
@confirmed_required
def report(kind: str, subject: str) -> ResponseReturnValue:
    """Show what is reported, and take a reason and a few words."""
    about = CaseKind(kind)
    found = container.moderation.reports.get_subject(g.user.id, about, subject)
    is_on_book_page = about in {CaseKind.GIFT, CaseKind.FACTS}
    lead_back_to(url_for("web.detail", isbn=found.isbn13) if is_on_book_page else url_for("web.pending"))
    form = SubjectReportForm()
    form.offer(about)
    if form.validate_on_submit():
        reason = Reason(form.reason.data)
        container.moderation.reports.report(g.user.id, about, subject, reason, note=form.note.data or "")
        flash(_("谢谢，版主会来看的，结果会告诉你。"), "success")
        return redirect(url_for("user.reports"), 303)
    page = render_template("web/report.html", form=form, kind=KIND_NAMES[about], subject=found)
    return page, 400 if form.errors else 200
