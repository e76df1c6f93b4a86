"""`flask moderation`: what waits for moderators, and decisions of the operator, from the command line."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.cli.reasons import reason_option
from app.cli.user_errors import reports_user_errors
from app.container import container
from app.domain.moderation import SUSPENSION_DAYS
from app.domain.report import CaseKind, Decision
from app.libs.clock import from_epoch
from app.services.moderation.case_decisions import Ruling

moderation = AppGroup("moderation", help="Look at what members reported, and decide it.")

#: How many cases are printed.
_SHOWN = 100
_BY_COMMAND = [one.value for one in Decision if one not in {Decision.MEND, Decision.PART}]


@moderation.command("list")
@click.option("--kind", type=click.Choice([one.value for one in CaseKind]), help="Those about one kind of subject.")
@reports_user_errors
def list_cases(*, kind: str | None) -> None:
    """Print the open cases, the most urgent first: number, by when, kind, reason, and whom or what it is about."""
    for case in container.moderation.cases.list_open(kind=CaseKind(kind) if kind else None, limit=_SHOWN):
        due = from_epoch(case.due_at).strftime("%Y-%m-%d %H:%M")
        about = " / ".join(filter(None, (case.title, case.other_title, case.member)))
        click.echo(f"{case.id:>6}  {due}  {case.kind:<8}  {case.reason:<10}  {about}")


@moderation.command("decide")
@click.argument("number", type=int)
@click.argument("decision", type=click.Choice(_BY_COMMAND))
@reason_option("What the member will read.")
@click.option("--days", type=click.IntRange(*SUSPENSION_DAYS), default=7, show_default=True, help="Of a suspension.")
@click.option("--hide", is_flag=True, help="Hide what is reported, too.")
@reports_user_errors
def decide(*, number: int, decision: str, reason: str, days: int, hide: bool) -> None:
    """Decide a case as the operator. A drift is decided by `flask drift cancel` or on its page, editions by `flask catalogue part`."""
    ruling = Ruling(decision=Decision(decision), reason=reason, days=days, hide=hide)
    container.moderation.decisions.decide(None, number, ruling)
    click.echo(f"case {number} is closed: {decision}")
