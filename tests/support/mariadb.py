"""A private MariaDB server: its own folder, a free loopback port, gone at the end."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import pymysql

MARIADBD = shutil.which("mariadbd") or shutil.which("mysqld", path="/usr/sbin:/usr/local/sbin:/usr/bin")
_INSTALL = shutil.which("mariadb-install-db") or shutil.which("mysql_install_db")


def free_port() -> int:
    """Return a TCP port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """Start on `__enter__`, stop on `__exit__`."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.port = free_port()
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        data = self.folder / "data"
        user = getpass.getuser()
        subprocess.run(
            [
                str(_INSTALL),
                "--no-defaults",
                f"--datadir={data}",
                "--auth-root-authentication-method=normal",
                f"--user={user}",
            ],
            check=True,
            capture_output=True,
        )
        self.start()
        return self

    def start(self) -> None:
        """Start the server program on the folder and wait until it answers."""
        log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen(
            [
                str(MARIADBD),
                "--no-defaults",
                f"--datadir={self.folder / 'data'}",
                f"--socket={self.folder / 's'}",
                f"--pid-file={self.folder / 'pid'}",
                f"--tmpdir={self.folder}",
                f"--user={getpass.getuser()}",
                f"--port={self.port}",
                "--bind-address=127.0.0.1",
                "--innodb-buffer-pool-size=256M",
                "--innodb-log-file-size=48M",
                "--max-connections=300",
                "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_unicode_ci",
                *self._options,
            ],
            stdout=log,
            stderr=log,
        )
        log.close()
        deadline = time.monotonic() + 60
        while True:
            try:
                self.connect().close()
            except pymysql.err.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text()[-2000:]) from None
                time.sleep(0.1)
            else:
                return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def connect(self, database: str | None = None) -> pymysql.connections.Connection[pymysql.cursors.Cursor]:
        """Open an administrator's connection."""
        return pymysql.connect(host="127.0.0.1", port=self.port, user="root", database=database, autocommit=True)

    def status(self, name: str) -> int:
        """Return a number of `SHOW GLOBAL STATUS`."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SHOW GLOBAL STATUS LIKE %s", (name,))
            [(_name, value)] = cursor.fetchall()
            return int(value)

    def url(self, database: str) -> str:
        """Return the address of one of its databases."""
        return f"mysql://root@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """Make an empty database and give its address."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
            cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        return self.url(name)

    def empty(self, name: str) -> None:
        """Delete every row of a migrated database and drop the tables that index generations left."""
        with self.connect(name) as connection, connection.cursor() as cursor:
            cursor.execute("SET FOREIGN_KEY_CHECKS=0")
            cursor.execute(
                "SELECT table_name, auto_increment FROM information_schema.tables WHERE table_schema=%s", (name,)
            )
            for table, counter in cursor.fetchall():
                if table.startswith("idx_"):
                    cursor.execute(f"DROP TABLE `{table}`")
                elif table != "alembic_version":
                    cursor.execute(f"DELETE FROM `{table}`")
                    if counter is not None and counter > 1:
                        cursor.execute(f"ALTER TABLE `{table}` AUTO_INCREMENT=1")
