"""How templates find what is global to them, and how their words are translated: the quick way, since each page does both many times."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask import Flask, g
from flask.templating import Environment as FlaskEnvironment
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from app.extensions import babel


class Environment(FlaskEnvironment):
    """Flask's environment, whose templates share one dict of globals: jinja's chain of dicts is copied name by name for each template of a page."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template knows besides what it is given."""
        return {**self.globals, **d} if d else self.globals


def init_app(app: Flask) -> None:
    """Add `_(message, **values)` to the templates."""
    app.jinja_env.globals["_"] = _say


@pass_eval_context
def _say(context: EvalContext, message: str, /, **values: Any) -> str:
    """Translate a message and fill in its values, which are escaped where the template is."""
    said = babel.catalogue(g.get("language", "zh")).gettext(message)
    return (Markup(said) if context.autoescape else said) % values  # noqa: S704 - our own words, whose values it escapes
