"""`flask keys`: look after the keys that seal addresses."""

from __future__ import annotations

import click
from cryptography.fernet import InvalidToken
from flask.cli import AppGroup

from app.cli.user_errors import reports_user_errors
from app.container import container

keys = AppGroup("keys", help="Look after the keys that seal addresses and second factors.")


@keys.command("reseal")
@reports_user_errors
def reseal() -> None:
    """Seal everything again with the first of YUSHU_ADDRESS_KEYS, so that the others can be dropped; the site may run."""
    try:
        done = container.operations.key_rotation.run()
    except InvalidToken:
        raise click.ClickException("a text fits none of the keys; is one missing in YUSHU_ADDRESS_KEYS?") from None
    click.echo(f"{done} texts are sealed with the first key; the other keys can go once the site runs without them")
