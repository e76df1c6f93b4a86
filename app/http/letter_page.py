"""The page that says: a letter is on its way."""

from __future__ import annotations

from flask import render_template

from app.container import container


def letter_sent(email: str) -> str:
    """Render where to look for the letter, and that it is in the terminal where there is no mail server."""
    return render_template("account/letter_sent.html", email=email, is_terminal=container.mail.transport.is_terminal)
