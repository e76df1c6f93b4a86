"""Invitation codes: moderators make them, hand them out and end them."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask.views import MethodView
from flask_babel import gettext as _

from app.container import container
from app.domain.errors import NotFound
from app.forms.account import InvitationForm
from app.http.auth import permission_required
from app.libs.clock import epoch
from app.user.blueprint import user


class InvitationsView(MethodView):
    """The open codes, and a form that makes another."""

    decorators: ClassVar[list[Any]] = [permission_required("moderate")]

    def get(self) -> str:
        """List the open codes."""
        return self._page(InvitationForm())

    def post(self) -> ResponseReturnValue:
        """Make a code, or show what is wrong with the form."""
        form = InvitationForm()
        if not form.validate():
            return self._page(form)
        code = container.members.invitation_desk.make(
            g.user.id, places=form.places.data or 0, days=form.days.data or 0, note=form.note.data or ""
        )
        flash(_("邀请码做好了：%(code)s", code=code), "success")
        return redirect(url_for("user.invitations"), 303)

    @staticmethod
    def _page(form: InvitationForm) -> str:
        now = epoch(container.core.clock.now())
        return render_template(
            "user/invitations.html", form=form, invitations=container.members.invitations.list_open(now=now)
        )


user.add_url_rule("/invitations", view_func=InvitationsView.as_view("invitations"))


@user.post("/invitations/<int:invitation_id>/end")
@permission_required("moderate")
def end_invitation(invitation_id: int) -> ResponseReturnValue:
    """End a code now."""
    if not container.members.invitation_desk.end(g.user.id, invitation_id):
        raise NotFound
    flash(_("这个邀请码不能再用了。"), "success")
    return redirect(url_for("user.invitations"), 303)
