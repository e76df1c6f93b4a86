"""An appeal by a mailed link, for who was put out and cannot log in."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.account.blueprint import account
from app.container import container
from app.domain.moderation import Sanction
from app.forms.moderation import AppealForm


@account.route("/appeal/<token>", methods=["GET", "POST"])
def appeal(token: str) -> ResponseReturnValue:
    """Let another moderator look at why an account was disabled; the link works once."""
    link = container.members.account_tokens.find("appeal", token)
    form = AppealForm()
    is_sent = form.validate_on_submit()
    if is_sent:
        container.moderation.appeals.appeal_by_link(token, note=form.note.data or "")
    decided = container.exchange.moderation_list.list_about(link.user_id, limit=9)
    reason = next((row.reason for row in decided if row.kind is Sanction.DISABLE), "")
    return render_template("account/appeal.html", form=form, is_sent=is_sent, reason=reason)
