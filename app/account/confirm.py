"""Confirm an address by the link in a letter. Opening the link changes nothing: mail scanners open links, too."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.account import account
from app.container import container
from app.forms.account import ConfirmForm


@account.get("/confirm/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """Show the button."""
    container.account_tokens.find("confirm", token)
    return render_template("account/confirm.html", form=ConfirmForm())


@account.post("/confirm/<token>")
def confirm_now(token: str) -> ResponseReturnValue:
    """Confirm the address; works without a login."""
    container.accounts.confirm(token)
    flash(_("邮箱确认好了，现在可以送书和求书了。"), "success")
    return redirect("/", 303)
