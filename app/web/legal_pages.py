"""The house's words: the rules of the exchange, what is kept of whom, and the terms.

Each text stands whole in both languages (``templates/web/words/<name>.<language>.html``); its numbers come from the settings.
"""

from __future__ import annotations

from typing import Literal

from flask import g, render_template

from app.container import container
from app.domain.beans import shown
from app.domain.circle import CIRCLE
from app.web.blueprint import web

Text = Literal["rules", "privacy", "terms"]
_SETTINGS = ("CONTACT", "SESSION_IDLE_DAYS", "SESSION_DAYS", "UNCONFIRMED_DAYS")


@web.get("/rules")
def rules() -> str:
    """Explain how books change hands, in plain words."""
    return _text("rules")


@web.get("/privacy")
def privacy() -> str:
    """Explain what is kept about people, what for, and for how long."""
    return _text("privacy")


@web.get("/terms")
def terms() -> str:
    """Explain what one agrees to by using the site."""
    return _text("terms")


def _text(name: Text) -> str:
    policy = container.exchange.policy
    return render_template(
        f"web/words/{name}.html",
        words=f"web/words/{name}.{g.language}.html",
        numbers=policy,
        bonus=shown(policy.bonus),
        circle=CIRCLE,
        settings={name: container.core.settings[name] for name in _SETTINGS},
    )
