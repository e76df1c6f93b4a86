"""Confirm an address by the link in a letter. Opening the link changes nothing: mail scanners open links, too."""

from __future__ import annotations

from flask import flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.account.blueprint import account
from app.container import container
from app.forms.account import ConfirmForm
from app.http.auth import login_required
from app.http.flashing import letter_sent
from app.http.limits import limited


@account.get("/confirm/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """Show the button."""
    container.members.account_tokens.find("confirm", token)
    return render_template("account/confirm.html", form=ConfirmForm())


@account.post("/confirm/<token>")
def confirm_now(token: str) -> ResponseReturnValue:
    """Confirm the address; works without a login."""
    confirmed = container.members.registration.confirm(token)
    flash(_("邮箱确认好了，现在可以送书和求书了。"), "success")
    if confirmed.renamed:
        flash(
            _("你选的昵称在这期间有人用了，先叫你“%(nickname)s”，登录后可以改。", nickname=confirmed.renamed), "warning"
        )
    return redirect("/", 303)


@account.post("/confirm")
@limited("RESET")
@login_required
def confirm_again() -> ResponseReturnValue:
    """Post the confirmation once more to a member who waits for it."""
    container.members.registration.post_confirmation(g.user.id)
    return letter_sent(g.user.email)
