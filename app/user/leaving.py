"""Take one's data along, and leave."""

from __future__ import annotations

from flask import Response, flash, g, redirect, render_template, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.container import container
from app.domain.account import WrongPassword
from app.forms.account import PasswordForm
from app.http.auth import forget_member, login_required
from app.http.guesses import guess_limited
from app.http.logs import note, note_refused
from app.user.blueprint import user


@user.get("/personal/export")
@login_required
def export() -> Response:
    """Return a zip of everything about the member who asks."""
    note("data exported")
    day = container.core.clock.now().date().isoformat()
    response = Response(container.operations.export.zipped(g.user.id), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="yushu-{day}.zip"'
    return response


@user.route("/personal/delete", methods=["GET", "POST"])
@guess_limited()
@login_required
def delete_account() -> ResponseReturnValue:
    """Delete the account, after the password."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            member: int = g.user.id
            container.members.accounts.act_with_password(
                member, form.password.data or "", lambda: container.members.leaving.delete(member)
            )
        except WrongPassword as refusal:
            g.was_wrong_guess = True
            note_refused("password")
            form.password.errors = [refusal.message(g.language)]
        else:
            session.clear()
            forget_member()
            flash(_("账号注销了，你的个人信息已经抹掉。谢谢你来过。"), "success")
            return redirect("/", 303)
    return render_template("user/delete_account.html", form=form)
