"""Pages that only say something: errors of small forms, and that a mail is on its way."""

from __future__ import annotations

from flask import flash, render_template

from app.container import container
from app.forms.base import Form


def flash_errors(form: Form) -> None:
    """Flash each error of a form that did not validate."""
    for errors in form.errors.values():
        for error in errors:
            flash(str(error), "error")


def mail_sent(email: str) -> str:
    """Render where to look for the mail, and that it is in the terminal where there is no mail server."""
    return render_template("account/mail_sent.html", email=email, is_terminal=container.mail.transport.is_terminal)
