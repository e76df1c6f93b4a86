"""cli: what went wrong is said in one plain line, not in a traceback."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from sqlalchemy.exc import DBAPIError

from app.domain.errors import Refusal
from app.libs.backup.archive import BackupError
from app.libs.dialects import DRIVER_ERRORS
from app.libs.lockfile import LockHeldError
from app.search.index import IndexBusy
from app.services.preflight import WrongKeys
from app.services.schema import SchemaMismatch

DATABASE_ERRORS = (*DRIVER_ERRORS, DBAPIError)
P = ParamSpec("P")
R = TypeVar("R")


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Make a command end with one line and exit code 1 when it meets what a person can mend."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        _let_print_anything()
        try:
            return command(*args, **kwargs)
        except SchemaMismatch as mismatch:
            raise click.ClickException(str(mismatch.values["state"])) from None
        except WrongKeys as wrong:
            raise click.ClickException(wrong.HINT) from None
        except Refusal as refusal:
            raise click.ClickException(refusal.message("en")) from None
        except LockHeldError as held:
            raise click.ClickException(f"another import is running here (process {held.holder}); wait for it") from None
        except IndexBusy:
            raise click.ClickException("another process is building the index; try again when it is done") from None
        except BackupError as error:
            raise click.ClickException(str(error)) from None
        except DATABASE_ERRORS as error:
            said = getattr(error, "orig", None) or error
            hint = "`flask --app fisher db upgrade` makes missing tables, `pipenv run start` makes everything"
            raise click.ClickException(f"the database says: {said}\n{hint}") from None
        except OSError as error:
            raise click.ClickException(f"{error.filename or 'file'}: {error.strerror or error}") from None

    return run


def _let_print_anything() -> None:
    """Show characters that the terminal does not know as escapes: a book's title must not end a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
