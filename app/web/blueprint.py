"""The blueprint of the site's public face, and its answer to a button pressed twice: the page that the first press led to, where nothing has changed."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import AlreadyDone

web = Blueprint("web", __name__)


#: Where an endpoint leads when all goes well; the others lead to the drifts.
_NEXT = {
    "web.withdraw_gift": "web.my_gifts",
    "web.resume_gift": "web.my_gifts",
    "web.decide_drift": "web.moderation",
}


@web.errorhandler(AlreadyDone)
def _nothing_new(repeat: AlreadyDone) -> ResponseReturnValue:
    flash(repeat.message(g.language), "message")
    return redirect(url_for(_NEXT.get(request.endpoint or "", "web.pending")), 303)
