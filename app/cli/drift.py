"""`flask drift`: end a drift as a moderator, and draw the state table as a picture and as a table, for the docs and for learners."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.reasons import reason_option
from app.cli.user_errors import reports_user_errors
from app.container import container
from app.domain.drift import STATE_NAMES, TRANSITIONS, DriftState, Transition

drift = AppGroup("drift", help="Look after drifts.")


@drift.command("cancel")
@click.argument("number", type=int)
@reason_option("What both sides will read.")
@reports_user_errors
def cancel(*, number: int, reason: str) -> None:
    """End an open drift; the bean goes back to the requester."""
    container.exchange.moderation.decide(None, number, DriftState.CANCELLED, reason=reason)
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


def page() -> str:
    """Write the page of the docs: the diagram and the table."""
    return (
        "# The states of a drift\n\n"
        "Written by `flask --app fisher drift diagram --into docs/drift.md` from `app/domain/drift.py`.\n\n"
        f"```mermaid\n{mermaid_diagram()}```\n\n{table()}"
    )


def mermaid_diagram() -> str:
    """Draw the state table in Mermaid's notation."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {state}: {state} {STATE_NAMES[state][0]}" for state in DriftState]
    lines += [f"    {row.source or '[*]'} --> {row.target}: {row.act} ({_parties(row)})" for row in TRANSITIONS]
    ends = [state for state in DriftState if all(row.source is not state for row in TRANSITIONS)]
    lines += [f"    {state} --> [*]" for state in ends]
    return "\n".join(lines) + "\n"


def table() -> str:
    """Write the state table in Markdown, a row for each transition."""
    lines = ["| from | act | by | to | effects |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.source or '-'} | {row.act} | {_parties(row)} | {row.target} | {'; '.join(sorted(row.effects)) or '-'} |"
        for row in TRANSITIONS
    ]
    return "\n".join(lines) + "\n"


def _parties(row: Transition) -> str:
    return ", ".join(sorted(row.parties))
