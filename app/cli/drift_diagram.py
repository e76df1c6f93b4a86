"""The state table as a picture and as a table, for the docs and for learners."""

from __future__ import annotations

from app.domain.drift import STATE_NAMES, TRANSITIONS, DriftState, Transition


def page() -> str:
    """Write the page of the docs: the diagram and the table."""
    return (
        "# The states of a drift\n\n"
        "Written by `flask --app fisher drift diagram --into docs/drift.md` from `app/domain/drift.py`.\n\n"
        f"```mermaid\n{diagram()}```\n\n{table()}"
    )


def diagram() -> str:
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
