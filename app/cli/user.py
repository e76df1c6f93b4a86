"""`flask user`: accounts, from the command line."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.cli.reasons import reason_option
from app.cli.user_errors import reports_user_errors
from app.container import container
from app.domain.account import ROLES, Role
from app.domain.moderation import SUSPENSION_DAYS

user = AppGroup("user", help="Make and look after accounts.")


@user.command("create")
@click.argument("email")
@click.argument("nickname")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@click.option("--confirmed", is_flag=True, help="Take the e-mail address as confirmed.")
@reports_user_errors
def create(*, email: str, nickname: str, password_stdin: bool, confirmed: bool) -> None:
    """Make an account for somebody."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else click.prompt("Password", hide_input=True)
    number = container.members.registration.create(
        email=email, nickname=nickname, password=password, is_confirmed=confirmed
    )
    click.echo(f"made account {number}: {nickname} <{email}>")


@user.command("promote")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@reports_user_errors
def promote(*, email: str, role: Role) -> None:
    """Make somebody a member, moderator or admin."""
    click.echo(f"{container.members.profiles.promote(email, role)} is now {role}")


@user.command("disable")
@click.argument("email")
@reports_user_errors
def disable(*, email: str) -> None:
    """Put somebody out at once, everywhere."""
    click.echo(f"{container.members.leaving.disable(email)} is out")


@user.command("enable")
@click.argument("email")
@reports_user_errors
def enable(*, email: str) -> None:
    """Let a disabled member in again."""
    click.echo(f"{container.members.leaving.enable(email)} may come in again")


@user.command("suspend")
@click.argument("email")
@click.argument("days", type=click.IntRange(*SUSPENSION_DAYS))
@reason_option("What the member will read.")
@reports_user_errors
def suspend(*, email: str, days: int, reason: str) -> None:
    """Let somebody begin nothing new for some days; what is open runs on."""
    member_id = container.members.directory.get_id(email)
    container.moderation.sanctions.suspend(None, member_id, days, reason=reason)
    click.echo(f"{email} begins nothing new for {days} days")


@user.command("end-suspension")
@click.argument("email")
@reason_option("What the member will read.")
@reports_user_errors
def end_suspension(*, email: str, reason: str) -> None:
    """End a suspension before its time."""
    member_id = container.members.directory.get_id(email)
    container.moderation.sanctions.end_suspension(None, member_id, reason=reason)
    click.echo(f"{email} may begin new things again")


@user.command("reset-link")
@click.argument("email")
@reports_user_errors
def reset_link(*, email: str) -> None:
    """Print a link that sets a new password, to be handed over; it works once, for an hour."""
    token = container.members.profiles.make_reset_link(email)
    click.echo(f"{container.core.settings['SITE_URL']}/reset/password/{token}")


@user.command("drop-second-factor")
@click.argument("email")
@reports_user_errors
def drop_second_factor(*, email: str) -> None:
    """Turn off the second factor of somebody who lost their phone and their recovery codes."""
    nickname = container.members.second_factors.turn_off_of(email)
    click.echo(f"{nickname} logs in with the password alone now")


@user.command("list")
@reports_user_errors
def list_members() -> None:
    """Print every account: number, role, state, nickname and address."""
    for row in container.members.directory.walk_accounts():
        click.echo(f"{row.id:>6}  {row.role:<9}  {row.state:<11}  {row.nickname} <{row.email}>")
