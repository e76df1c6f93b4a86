"""`flask drift`: end a drift as a moderator, and draw the state table."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.drift_diagram import page
from app.cli.user_errors import plainly
from app.container import container
from app.domain.characters import cleaned
from app.domain.drift import DriftState

drift = AppGroup("drift", help="Look after drifts.")


@drift.command("cancel")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="What both sides will read.")
@plainly
def cancel(*, number: int, reason: str) -> None:
    """End an open drift; the bean goes back to the requester."""
    container.exchange.moderation.decide(None, number, DriftState.CANCELLED, reason=cleaned(reason))
    click.echo(f"drift {number} is cancelled; the bean is back with the requester")


@drift.command("diagram")
@click.option("--into", type=click.Path(path_type=Path), help="File to write, for instance docs/drift.md.")
def diagram(*, into: Path | None) -> None:
    """Print the state table as a diagram and as a table, or write them into a file."""
    if into is None:
        click.echo(page(), nl=False)
        return
    into.write_text(page(), "utf-8")
    click.echo(f"wrote {into}")
