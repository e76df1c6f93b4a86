"""`flask user`: accounts, from the command line."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.container import container
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
    try:
        made = container.accounts.create(email=email, nickname=nickname, password=password, is_confirmed=confirmed)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"made account {made.id}: {made.nickname} <{made.email}>")
