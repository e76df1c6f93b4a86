"""`flask web`: the web server alone, for machines where `pipenv run start` does not run."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.user_errors import DATABASE_ERRORS, reports_user_errors
from app.container import container
from app.services.operations.schema import SchemaMismatch


@click.command("web")
@with_appcontext
@reports_user_errors
def web() -> None:
    """Serve the site, with the settings in force; on a database that `pipenv run start` has made ready."""
    with suppress(SchemaMismatch, *DATABASE_ERRORS):  # both pass by themselves; until then every page is a 503
        container.operations.preflight.ensure_passed()
    os.execv(sys.executable, [sys.executable, "-m", *web_server(current_app.config)])  # noqa: S606 - our own server


def web_server(settings: Mapping[str, Any]) -> list[str]:
    """Return granian's command line, as a module and its arguments."""
    return [
        *("granian", "--interface", "asginl", "--host", settings["HOST"], "--port", str(settings["PORT"])),
        *("--workers", str(settings["PROCESSES"]), "--workers-kill-timeout", "10", "--no-ws", "--log-level", "error"),
        # The deadline for headers is one of HTTP/1 alone: a connection that might become HTTP/2 may say nothing for ever.
        *("--http", "1", "--http1-header-read-timeout", str(settings["HEADER_SECONDS"] * 1000), "fisher:server"),
    ]
