"""A button pressed twice: the page that the first press led to, which says that nothing has changed."""

from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import AlreadyDone
from app.web.blueprint import web

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
