"""`flask backup`: keep a copy of everything, look whether it is good, put it back."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

from app.cli.ledger import list_breaches
from app.cli.user_errors import reports_user_errors
from app.container import container
from app.db.backup import Manifest
from app.extensions import pool_of
from app.libs.locks import START_LOCK, LockHeldError, locked
from app.services.operations.backups import Backups
from config import SETTINGS

backup = AppGroup("backup", help="Keep a copy of the site's database, check it, put it back.")
_FILE = click.Path(dir_okay=False, path_type=Path)


class Migrations:
    """The program's migrations, applied to the current app's database."""

    def knows(self, revision: str) -> bool:
        """Whether this program has the revision."""
        try:
            return self._scripts().get_revision(revision) is not None
        except CommandError:
            return False

    def upgrade(self, revision: str) -> None:
        """Bring the database to the revision."""
        upgrade(revision=revision)

    @staticmethod
    def _scripts() -> ScriptDirectory:
        return ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())


def backups() -> Backups:
    """Return the backups of the current app's database."""
    return Backups(
        dialect=pool_of(current_app._get_current_object()).dialect,  # type: ignore[attr-defined]  # noqa: SLF001
        schema=Migrations(),
        clock=container.core.clock,
        keys=container.core.settings["ADDRESS_KEYS"],
    )


@backup.command("create")
@click.argument("file", type=_FILE, required=False)
@click.option("--portable", is_flag=True, help="Rows instead of SQLite's own file: to move between SQLite and MariaDB.")
@reports_user_errors
def create(file: Path | None, *, portable: bool) -> None:
    """Write a backup to FILE (by default into the data folder's `backups`). The site may run meanwhile."""
    stamp = container.core.clock.now().strftime("%Y%m%d-%H%M%S")
    file = file or container.core.settings["DATA_DIR"] / "backups" / f"yushu-{stamp}.tar.gz"
    manifest = backups().create(file, portable=portable)
    click.echo(f"{file}: {_described(manifest)}, {file.stat().st_size:,} bytes")
    click.echo("The keys are not in it. Keep YUSHU_ADDRESS_KEYS and YUSHU_SECRET_KEY elsewhere, or addresses are lost.")


@backup.command("restore")
@click.argument("file", type=_FILE)
@click.option("--force", is_flag=True, help="Replace what the database holds now.")
@reports_user_errors
def restore(file: Path, *, force: bool) -> None:
    """Put the backup FILE into the database. Stop the site first."""
    try:
        with locked(container.core.settings["DATA_DIR"] / START_LOCK):
            manifest = backups().restore(file, force=force)
    except LockHeldError as held:
        raise click.ClickException(f"the site is running here (process {held.holder}): stop it first") from None
    click.echo(f"restored {_described(manifest)}")
    _warn_of_keys(manifest)
    if manifest.kind == "rows":
        click.echo("The search index is not in it: it is built again at the next start.")


@backup.command("verify")
@click.argument("file", type=_FILE)
@reports_user_errors
def verify(file: Path) -> None:
    """Restore the backup FILE into a scratch database, and look whether all is well there, the ledger too."""
    from app import create_app  # noqa: PLC0415 - the factory imports the commands

    kept = {setting.name: container.core.settings[setting.name] for setting in SETTINGS}
    with tempfile.TemporaryDirectory(prefix="yushu-verify-") as folder:
        scratch = create_app(
            kept | {"DATA_DIR": Path(folder), "DATABASE_URL": "sqlite:///scratch.sqlite", "SETTINGS_ORIGIN": {}}
        )
        with scratch.app_context():
            manifest = backups().restore(file)
            faults = backups().list_faults() + list_breaches()
            pool_of(scratch).close()
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise click.ClickException(f"{file} holds a broken database")
    click.echo(f"{file} is good: {_described(manifest)}")
    _warn_of_keys(manifest)


def _warn_of_keys(manifest: Manifest) -> None:
    if not backups().opens_addresses_of(manifest):
        click.echo(
            "Warning: addresses in it were encrypted with other keys than YUSHU_ADDRESS_KEYS holds now.", err=True
        )


def _described(manifest: Manifest) -> str:
    count = sum(manifest.tables.values())
    return f"{count:,} rows of {len(manifest.tables)} tables, made at {manifest.made_at}, schema {manifest.revision}"
