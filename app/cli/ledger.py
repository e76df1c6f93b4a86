"""`flask ledger`: are the beans right, and where did somebody's go."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.cli.user_errors import reports_user_errors
from app.container import container
from app.domain.beans import shown
from app.libs.clock import from_epoch

ledger = AppGroup("ledger", help="Check the ledger of beans, and write statements.")


@ledger.command("verify")
@reports_user_errors
def verify() -> None:
    """Check every invariant of the ledger; one line for each breach, and exit code 1 when there is one."""
    breaches = list_breaches()
    for breach in breaches:
        click.echo(breach)
    if breaches:
        raise click.ClickException(f"the ledger is broken in {len(breaches)} place(s)")
    click.echo("the ledger is sound")


def list_breaches() -> list[str]:
    """Return what is wrong with the current app's ledger, a line each."""
    found = container.exchange.ledger_queries.list_breaches(container.exchange.policy)
    return [f"{breach.what}: {', '.join(map(str, breach.values))}" for breach in found]


@ledger.command("statement")
@click.argument("email")
@reports_user_errors
def statement(email: str) -> None:
    """Print every entry of a member's account, oldest first, with the balance after it."""
    member_id = container.members.directory.get_id(email)
    book = container.exchange.ledger_queries
    for entry in reversed(book.list_entries(member_id, limit=book.count_entries(member_id))):
        amount = f"{'+' if entry.amount > 0 else ''}{shown(entry.amount)}"
        when = from_epoch(entry.time).strftime("%Y-%m-%d %H:%M")
        click.echo(
            f"{when}  {amount:>5}  {shown(entry.balance):>6}  {entry.subject:<14}  {entry.reason}  {entry.title}".rstrip()
        )
    click.echo(f"balance {shown(book.get_balance(member_id))}, owed {shown(book.get_owed(member_id))}")
