"""The command line: `flask --app fisher …`, a file per group."""

from __future__ import annotations

from flask import Flask

from app.cli import (
    backup,
    catalogue,
    demo,
    drift,
    keys,
    ledger,
    moderation,
    settings,
    sources,
    user,
    web,
    worker,
    works,
)


def init_app(app: Flask) -> None:
    """Register every command."""
    app.cli.add_command(backup.backup)
    app.cli.add_command(works.catalogue)
    app.cli.add_command(demo.demo)
    app.cli.add_command(drift.drift)
    app.cli.add_command(moderation.moderation)
    app.cli.add_command(keys.keys)
    app.cli.add_command(ledger.ledger)
    app.cli.add_command(settings.settings)
    app.cli.add_command(sources.sources)
    app.cli.add_command(user.user)
    app.cli.add_command(web.web)
    app.cli.add_command(worker.worker)
