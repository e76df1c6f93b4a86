"""Whom a member has blocked: one tap where they meet, a list, and a way back."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.container import container
from app.domain.block import MetAt, NobodyToBlock
from app.domain.characters import isolated
from app.http.auth import login_required
from app.http.paging import URL_NUMBER
from app.libs.urls import same_site_path
from app.user.blueprint import user


@user.get("/my/blocks")
@login_required
def blocks() -> str:
    """List whom the member has blocked."""
    return render_template("user/blocks.html", blocked=container.exchange.block_queries.list_of(g.user.id))


@user.post("/my/blocks")
@login_required
def block_member() -> ResponseReturnValue:
    """Block whom the member meets at the gift, wish or drift that the form names, and lead back there.

    :raises NobodyToBlock: when it names none.
    """
    for at in MetAt:
        met = request.form.get(at.value, type=int)
        if met is not None and 0 < met < 2**63:
            who = container.exchange.blocks.block(g.user.id, at, met)
            flash(
                _(
                    "屏蔽了%(who)s：你们看不到彼此的书，也不能互相请求。对方不会知道；在「屏蔽的书友」里可以解除。",
                    who=isolated(who),
                ),
                "success",
            )
            return redirect(same_site_path(request.form.get("next"), url_for("user.blocks")), 303)
    raise NobodyToBlock


@user.post(f"/my/blocks/<{URL_NUMBER}:member_id>/end")
@login_required
def unblock_member(member_id: int) -> ResponseReturnValue:
    """Take a block back."""
    container.exchange.blocks.unblock(g.user.id, member_id)
    flash(_("屏蔽已经解除。"), "success")
    return redirect(url_for("user.blocks"), 303)
