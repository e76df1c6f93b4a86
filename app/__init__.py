"""YuShu 鱼书: search books, and give them to each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

import config


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Build the application. It touches no database: `pipenv run start` prepares one.

    :param settings: what `config.load` gives; loaded from the environment when left out.
    :raises config.SettingsError: for a wrong or missing setting.
    """
    from app import cli, container, events, extensions, mounts
    from app.account import account
    from app.http import (
        auth,
        compression,
        cookies,
        errors,
        form_parsing,
        hooks,
        logs,
        page_cache,
        places,
        preflight,
        probes,
        templates,
    )
    from app.libs.private_files import keep_private
    from app.user import user
    from app.web import web

    app = Flask(__name__)
    app.jinja_environment = templates.Environment
    app.url_map.merge_slashes = False  # it redirects, and by the Host that the client named
    app.config.from_mapping(settings or config.load())
    keep_private(app.config["DATA_DIR"])
    logs.init_app(app)
    events.connect()
    hooks.init_app(app)  # before the extensions, whose hooks may refuse a request
    auth.init_app(app)
    extensions.init_app(app)
    container.init_app(app)
    preflight.init_app(app)
    cookies.init_app(app)
    errors.init_app(app)
    templates.init_app(app)
    places.init_app(app)
    compression.init_app(app)
    for blueprint in (web, account, user):
        app.register_blueprint(blueprint)
    cli.init_app(app)
    form_parsing.init_app(app)
    page_cache.init_app(app)
    probes.init_app(app)
    mounts.init_app(app)
    return app
