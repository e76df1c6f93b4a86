"""`flask settings`: what is set, where it came from, what it means."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from config import SETTINGS


@click.command("settings")
@with_appcontext
def settings() -> None:
    """Print every setting: its value (secrets masked), where it came from, what it means."""
    for setting in SETTINGS:
        value = current_app.config[setting.name]
        shown = "(set)" if setting.secret and value else value
        if isinstance(shown, tuple):
            shown = ",".join(shown)
        origin = current_app.config["SETTINGS_ORIGIN"][setting.name]
        click.echo(f"{setting.variable} = {'(empty)' if shown == '' else shown}  [{origin}]\n    {setting.meaning}")
