"""The whole site as a person starts it: real processes on a data folder and a port of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.paths import ROOT
from tests.support.patience import PATIENCE


def free_port() -> int:
    """Let the system choose a port that nobody uses."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port: int = probe.getsockname()[1]
        return port


def environ_of(data_dir: Path, **settings: object) -> dict[str, str]:
    """Return an environment without any setting but these."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("YUSHU_")}
    return plain | {"YUSHU_DATA_DIR": str(data_dir)} | {f"YUSHU_{name}": str(value) for name, value in settings.items()}


class Site:
    """`pipenv run start`, and what it says."""

    def __init__(self, data_dir: Path, log: Path, **settings: object) -> None:
        self.port = free_port()
        self._log = log
        self._out = log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli.start"],
            cwd=ROOT,
            env=environ_of(data_dir, PORT=self.port, **settings),
            stdout=self._out,
            stderr=self._out,
            start_new_session=True,
        )

    @property
    def said(self) -> str:
        """What was written to the terminal so far."""
        return self._log.read_text("utf-8")

    def get(self, path: str) -> tuple[int, str]:
        """Ask for a page; status 0 if nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def wait_until_ready(self, seconds: float = PATIENCE) -> Self:
        """Wait until it can be searched."""
        self.wait_for(lambda: self.get("/readyz")[0] == 200, seconds)
        return self

    def wait_for(self, condition: object, seconds: float = PATIENCE) -> None:
        """Wait until the condition holds, while the site runs."""
        assert callable(condition)
        until = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < until, self.said
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; give the exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def children(self) -> list[int]:
        """Return the process ids of the web server and the worker."""
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(line) for line in listed.stdout.split()]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._out.close()
