"""Parts of every page that are the same for all visitors: written once for each language and kind of page, and kept.

The links, the bar of a phone, the addresses of style sheets: half of a page's time went into saying them again. What a member
is shown is written anew each time.
"""

from __future__ import annotations

from flask import Flask, g, request
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup


def init_app(app: Flask) -> None:
    """Add `part(name)` to the templates, which includes a template that asks for nothing but globals and, for members, the page's own values."""
    kept: dict[tuple[str, ...], Markup] = {}

    @pass_context
    def part(context: Context, name: str) -> Markup:
        template = context.environment.get_template(name)
        if g.user is not None:
            return Markup(template.render(context.get_all()))  # noqa: S704 - a template's output
        key = (name, g.get("language", "zh"), request.script_root, request.endpoint or "")
        if key not in kept:
            kept[key] = Markup(template.render())  # noqa: S704 - a template's output
        return kept[key]

    app.add_template_global(part)
