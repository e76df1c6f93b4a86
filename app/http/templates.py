"""What templates are given: translations, our own static files by a name that browsers may keep, and parts that are kept in memory.

All of it the quick way, since each page does it many times. The links, the bar of a phone, the addresses of style sheets are the same
for all visitors: half of a page's time went into writing them again, so they are written once for each language and kind of page.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request, url_for
from flask.sansio.app import App
from flask.templating import Environment as FlaskEnvironment
from jinja2 import pass_context, pass_eval_context
from jinja2.filters import sync_do_join
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup

from app.domain.characters import isolated_value
from app.extensions import babel
from app.http.compression import is_static


class Environment(FlaskEnvironment):
    """Flask's environment, whose templates share one dict of globals: jinja's chain of dicts is copied name by name for each template of a page.

    Each value that they write is isolated.
    """

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options, finalize=isolated_value)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template knows besides what it is given."""
        return {**self.globals, **d} if d else self.globals


def init_app(app: Flask) -> None:
    """Add `asset`, `_` and `part` to the templates."""
    _add_asset(app)
    app.jinja_env.globals["_"] = _say
    app.jinja_env.filters["join"] = _join
    _add_part(app)


@pass_eval_context
def _say(context: EvalContext, message: str, /, **values: Any) -> str:
    """Translate a message and fill in its values, which are escaped where the template is."""
    said = babel.catalogue(g.get("language", "zh")).gettext(message)
    values = {name: isolated_value(value) for name, value in values.items()}
    return (Markup(said) if context.autoescape else said) % values  # noqa: S704 - our own words, whose values it escapes


@pass_eval_context
def _join(context: EvalContext, values: Iterable[Any], between: str = "", attribute: str | None = None) -> str:
    """Join values as jinja does, each isolated: a mark between them that is our own makes markup of the whole."""
    return sync_do_join(context, map(isolated_value, values), between, attribute)


_A_YEAR = 365 * 24 * 3600


def _add_asset(app: Flask) -> None:
    """Add `asset(filename, blueprint="")` to the templates, and let what is asked for under such a name be cached for long."""
    addresses: dict[tuple[str, str, str], str] = {}

    def asset(filename: str, blueprint: str = "") -> str:
        key = (request.script_root, blueprint, filename)
        if key not in addresses:
            owner = app.blueprints[blueprint] if blueprint else app
            mark = blake2b(Path(str(owner.static_folder), filename).read_bytes(), digest_size=5).hexdigest()
            endpoint = f"{blueprint}.static" if blueprint else "static"
            addresses[key] = url_for(endpoint, filename=filename, v=mark)
        return addresses[key]

    app.add_template_global(asset)
    app.after_request(_keep)


def _keep(response: Response) -> Response:
    if is_static() and "v" in request.args and response.status_code in {200, 304}:
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = _A_YEAR
        response.cache_control.immutable = True
    return response


def _add_part(app: Flask) -> None:
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
