"""What went wrong is said in one plain line, not in a traceback."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from sqlalchemy.exc import DBAPIError

from app.db.backup import BackupError
from app.db.dialects import DRIVER_ERRORS
from app.domain.errors import Refusal
from app.libs.locks import LockHeldError
from app.search.index.port import IndexBusy
from app.services.operations.schema import SchemaMismatch, WrongKeys

DATABASE_ERRORS = (*DRIVER_ERRORS, DBAPIError)
P = ParamSpec("P")
R = TypeVar("R")


def reports_user_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Make a command end with one line and exit code 1 when it meets what a person can mend."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        _let_print_anything()
        try:
            result = command(*args, **kwargs)
            sys.stdout.flush()
        except BrokenPipeError:  # a reader such as `head` has seen enough; click ends the program quietly
            raise
        except Refusal as refusal:
            raise click.ClickException(_line_of(refusal)) from None
        except LockHeldError as held:
            raise click.ClickException(f"another import is running here (process {held.holder}); wait for it") from None
        except IndexBusy:
            raise click.ClickException("another process is building the index; try again when it is done") from None
        except BackupError as error:
            raise click.ClickException(str(error)) from None
        except DATABASE_ERRORS as error:
            said = getattr(error, "orig", None) or error
            hint = "`python3 run.py flask db upgrade` makes missing tables, `python3 run.py start` makes everything"
            raise click.ClickException(f"the database says: {said}\n{hint}") from None
        except OSError as error:
            raise click.ClickException(f"{error.filename or 'file'}: {error.strerror or error}") from None
        return result

    return run


def _line_of(refusal: Refusal) -> str:
    if isinstance(refusal, SchemaMismatch):
        return str(refusal.values["state"])
    return refusal.HINT if isinstance(refusal, WrongKeys) else refusal.message("en")


def _let_print_anything() -> None:
    """Show characters that the terminal does not know as escapes: a book's title must not end a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
