"""The site by `flask web` alone, without the parent command: for tests that bring their own database."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.site import ROOT, environ_of, free_port


class LiveSite:
    """Use as ``with LiveSite(data_dir) as site:``; `data_dir` holds a migrated database. Settings are texts without prefix."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = (data_dir / "granian.log").open("wb")
        self._environment = environ_of(
            data_dir, **{"ENV": "testing", "SITE_URL": self.url, "PORT": str(self.port)} | settings
        )

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "flask", "--app", "fisher", "web"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log)
        for _ in range(1200):  # two minutes: a busy machine needs more than twenty seconds to import the site
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self._end()
        raise RuntimeError(f"granian did not start: {Path(self._log.name).read_text()[-2000:]}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()
