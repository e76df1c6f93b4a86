"""`flask user`: accounts, from the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup

from app.container import container
from app.domain.account import ROLES, Role
from app.domain.errors import Refusal

user = AppGroup("user", help="Make and look after accounts.")


@user.command("create")
@click.argument("email")
@click.argument("nickname")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@click.option("--confirmed", is_flag=True, help="Take the e-mail address as confirmed.")
def create(*, email: str, nickname: str, password_stdin: bool, confirmed: bool) -> None:
    """Make an account for somebody."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else click.prompt("Password", hide_input=True)
    with _said_plainly():
        made = container.accounts.create(email=email, nickname=nickname, password=password, is_confirmed=confirmed)
    click.echo(f"made account {made.id}: {made.nickname} <{made.email}>")


@user.command("promote")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
def promote(*, email: str, role: Role) -> None:
    """Make somebody a member, moderator or admin."""
    with _said_plainly():
        click.echo(f"{container.profiles.promote(email, role)} is now {role}")


@user.command("disable")
@click.argument("email")
def disable(*, email: str) -> None:
    """Put somebody out at once, everywhere."""
    with _said_plainly():
        click.echo(f"{container.profiles.disable(email)} is out")


@user.command("enable")
@click.argument("email")
def enable(*, email: str) -> None:
    """Let a disabled member in again."""
    with _said_plainly():
        click.echo(f"{container.profiles.enable(email)} may come in again")


@user.command("reset-link")
@click.argument("email")
def reset_link(*, email: str) -> None:
    """Print a link that sets a new password, to be handed over; it works once, for an hour."""
    with _said_plainly():
        token = container.profiles.make_reset_link(email)
    click.echo(f"{container.settings['SITE_URL']}/reset/password/{token}")


@user.command("list")
def list_members() -> None:
    """Print every account: number, role, state, nickname and address."""
    for row in container.members.list_accounts():
        click.echo(f"{row.id:>6}  {row.role:<9}  {row.state:<11}  {row.nickname} <{row.email}>")


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Turn a refusal into one line and exit code 1."""
    try:
        yield
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
