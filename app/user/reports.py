"""What a member reported, and what came of it."""

from __future__ import annotations

from flask import g, render_template
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.container import container
from app.domain.report import Decision
from app.forms.moderation import KIND_NAMES, REASON_NAMES
from app.http.auth import login_required
from app.http.paging import PER_PAGE, page_asked_for
from app.libs.clock import from_epoch
from app.queries.report import OwnReportRow
from app.user.blueprint import user


@user.get("/my/reports")
@login_required
def reports() -> str:
    """Show the member's reports, newest first.

    :raises NotFound: behind the last page.
    """
    page = page_asked_for()
    rows = container.moderation.cases.list_own(g.user.id, limit=PER_PAGE + 1, offset=(page - 1) * PER_PAGE)
    if page > 1 and not rows:
        raise NotFound
    return render_template(
        "user/reports.html",
        reports=[(row, from_epoch(row.time), _outcome_of(row)) for row in rows[:PER_PAGE]],
        kinds=KIND_NAMES,
        reasons=REASON_NAMES,
        page=page,
        older=page + 1 if len(rows) > PER_PAGE else None,
    )


def _outcome_of(report: OwnReportRow) -> str:
    if report.is_open:
        return str(_("等版主看"))
    words = {"": _("内容已经不在了"), Decision.DISMISS.value: _("版主看过了，没有需要处理的")}
    return str(words.get(report.outcome, _("版主看过了，已经处理")))
