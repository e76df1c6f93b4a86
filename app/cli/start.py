"""`pipenv run start`: one command that makes everything ready and serves the site.

One parent holds the lock of the data folder, prepares the database, the catalogue and the index, then keeps a web server
and a worker running together until it is told to stop.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import click

import config
from app import create_app
from app.cli.bootstrap import bootstrap
from app.cli.supervisor import Child, ChildFailedError, keep_running, together
from app.cli.user_errors import DATABASE_ERRORS
from app.cli.web import web_server
from app.domain.errors import Refusal
from app.extensions import pool_of
from app.libs.locks import START_LOCK, LockHeldError, locked
from app.libs.private_files import keep_private
from app.services.operations.schema import NewerDatabaseError, WrongKeys

_ROOT = Path(__file__).parent.parent.parent
_STOPPED = 130
_EVERY_ADDRESS = {"0.0.0.0", "::", ""}  # noqa: S104 - compared with, not bound to


class CannotStartError(Exception):
    """The site cannot start here; the text is one line that says why and what to do."""


@click.command(
    epilog="What can be set, by variables of the environment: python3 run.py flask settings, and docs/settings.md."
)
def main() -> None:
    """Make the database, the catalogue and the index ready, and serve the site until SIGINT or SIGTERM.

    One plain line says why that is not possible; the exit code is 1 then.
    """
    os.chdir(_ROOT)
    try:
        settings = config.load()
        ensure_processes(settings)
        keep_private(settings["DATA_DIR"])
        with locked(settings["DATA_DIR"] / START_LOCK):
            ensure_port_free(settings["HOST"], settings["PORT"])
            serve(settings)
    except LockHeldError as held:
        _fail(f"it is already running with this data folder (process {held.holder}): {held.path.parent}")
    except (config.SettingsError, CannotStartError, NewerDatabaseError, ChildFailedError) as error:
        _fail(str(error))
    except WrongKeys as wrong:
        _fail(wrong.HINT)
    except Refusal as refusal:
        _fail(refusal.message("en"))
    except DATABASE_ERRORS as error:
        _fail(f"the database says: {getattr(error, 'orig', None) or error}")
    except OSError as error:
        _fail(f"{error.filename or 'the system'} says: {error.strerror or error}")
    except KeyboardInterrupt:
        sys.exit(_STOPPED)


def ensure_processes(settings: Mapping[str, Any]) -> None:
    """Check that several web processes have what they must share.

    :raises CannotStartError: when they would each have their own limits, or wait for one SQLite file.
    """
    if settings["PROCESSES"] == 1:
        return
    if settings["DATABASE_URL"].startswith("sqlite"):
        raise CannotStartError("YUSHU_PROCESSES above 1 needs MariaDB: set YUSHU_DATABASE_URL, or leave it at 1")
    if not settings["RATELIMIT_STORAGE_URL"].startswith("redis"):
        raise CannotStartError("YUSHU_PROCESSES above 1 needs Redis: set YUSHU_RATELIMIT_STORAGE_URL, or leave it at 1")


def ensure_port_free(host: str, port: int) -> None:
    """Check that the web server will get its address.

    :raises CannotStartError: when another program has it, or it is not ours to take.
    """
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise CannotStartError(f"YUSHU_HOST={host} is no address of this machine") from None
    with closing(socket.socket(family, kind, protocol)) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                said = f"port {port} is taken by another program: stop that one, or set YUSHU_PORT to another number"
            else:
                said = f"cannot listen on {host}:{port}: {error.strerror}"
            raise CannotStartError(said) from None


def serve(settings: Mapping[str, Any]) -> None:
    """Make everything ready, run the web server and the worker, and say so once the site answers.

    :raises ChildFailedError: when one of them cannot be kept running.
    :raises NewerDatabaseError: when this program is too old for the database.
    """
    environ = os.environ | {"PYTHONUNBUFFERED": "1"}
    children = [
        Child("the web server", web_server(settings), environ),
        Child("the worker", ["flask", "--app", "fisher", "worker"], environ),
    ]
    with together(children):
        app = create_app(settings)
        try:
            bootstrap(app)
        finally:
            pool_of(app).close()
        keep_running(children, on_beat=_Greeting(settings).say_once)


class _Greeting:
    """The line that tells where to look, said when the site answers for the first time."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._host, self._port = settings["HOST"], settings["PORT"]
        self._is_said = False

    def say_once(self) -> None:
        if self._is_said or not self._answers():
            return
        self._is_said = True
        shown = "127.0.0.1" if self._host in _EVERY_ADDRESS else self._host
        click.echo(f"YuShu 鱼书 is open: http://{shown}:{self._port}  (Ctrl+C ends it)", err=True)

    def _answers(self) -> bool:
        try:
            with socket.create_connection((self._host, self._port), timeout=0.2):
                return True
        except OSError:
            return False


def _fail(line: str) -> None:
    click.echo(f"YuShu cannot start: {line}", err=True)
    sys.exit(1)


if __name__ == "__main__":
    main(prog_name="start")
