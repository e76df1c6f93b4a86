"""`flask web`: the web server alone, for machines where `pipenv run start` does not run."""

from __future__ import annotations

import os
import sys

import click
from flask import current_app

from app.cli.start import web_server


@click.command("web")
def web() -> None:
    """Serve the site, with the settings in force; on a database that `pipenv run start` has made ready."""
    os.execv(sys.executable, [sys.executable, "-m", *web_server(current_app.config)])  # noqa: S606 - our own server
