"""The blueprint of a member's own pages, and its answer to a button pressed twice: the page that the first press led to."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import AlreadyDone

user = Blueprint("user", __name__)

#: Where an endpoint leads when all goes well; the others lead to the personal page.
_NEXT = {
    "user.end_holiday": "user.holiday",
    "user.block_member": "user.blocks",
    "user.unblock_member": "user.blocks",
}


@user.errorhandler(AlreadyDone)
def _nothing_new(repeat: AlreadyDone) -> ResponseReturnValue:
    flash(repeat.message(g.language), "message")
    return redirect(url_for(_NEXT.get(request.endpoint or "", "user.personal")), 303)
