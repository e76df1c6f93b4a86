"""Invitation codes: moderators make them, hand them out and end them."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.container import container
from app.domain.errors import NotFound
from app.forms.account import InvitationForm
from app.http.auth import permission_required
from app.libs.clock import epoch
from app.user import user


@user.route("/invitations", methods=["GET", "POST"])
@permission_required("moderate")
def invitations() -> ResponseReturnValue:
    """List the open codes, and make another."""
    form = InvitationForm()
    if form.validate_on_submit():
        code = container.invitation_desk.make(
            g.user.id, places=form.places.data or 0, days=form.days.data or 0, note=form.note.data or ""
        )
        flash(_("邀请码做好了：%(code)s", code=code), "success")
        return redirect(url_for("user.invitations"), 303)
    now = epoch(container.clock.now())
    return render_template("user/invitations.html", form=form, invitations=container.invitations.list_open(now=now))


@user.post("/invitations/<int:invitation_id>/end")
@permission_required("moderate")
def end_invitation(invitation_id: int) -> ResponseReturnValue:
    """End a code now."""
    if not container.invitation_desk.end(g.user.id, invitation_id):
        raise NotFound
    flash(_("这个邀请码不能再用了。"), "success")
    return redirect(url_for("user.invitations"), 303)
