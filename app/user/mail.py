"""What the site wrote to a member, and what became of it."""

from __future__ import annotations

from flask import render_template

from app.container import container
from app.http.auth import current_user, login_required
from app.user.blueprint import user


@user.get("/my/mail")
@login_required
def mail() -> str:
    """Show the letters to the member who asks, newest first, and why one did not arrive."""
    return render_template(
        "user/mail.html",
        letters=container.mail.mails.list_to(current_user.id),
        in_terminal=container.mail.transport.is_terminal,
    )
