"""A process that forks once for each module that is loaded as a mutant.

It has loaded what others wrote and nothing of ours, so a fork begins at once, and nothing in it remembers anything.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import os
import resource
import signal
import socket
import socketserver
import sys
from collections.abc import Sequence
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from tests.mutation.operators import ROOT, Mutant, mutants_of

_OURS = {"app", "config", "fisher", "migrations", "tests"}
_MEMORY = 6 * 2**30


class LoadedMutants:
    """Starts the process, and asks it."""

    def __init__(self, folder: Path) -> None:
        self._address = str(folder / "loaded")
        server = _Server(self._address, _Handler)
        self._pid = os.fork()
        if not self._pid:
            os.setsid()
            _load_what_others_wrote()
            server.serve_forever()
        server.socket.close()

    def close(self) -> None:
        """End the process."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)

    def survives(self, path: str, key: str, tests: Sequence[str], folder: Path, *, seconds: float) -> bool:
        """Whether all tests pass when the file is loaded as its mutant of that key, or with an empty key as it stands."""
        with socket.socket(socket.AF_UNIX) as asked:
            asked.connect(self._address)
            order = {"path": path, "key": key, "tests": list(tests), "folder": str(folder), "seconds": int(seconds)}
            asked.sendall(json.dumps(order).encode() + b"\n")
            return asked.recv(1) == b"+"


class _Server(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    _parent = os.getpid()

    def service_actions(self) -> None:
        super().service_actions()
        if os.getppid() != self._parent:
            os._exit(0)  # it is not asked any more


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        order = json.loads(self.rfile.readline())
        signal.alarm(order["seconds"])
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        silence()
        found = [mutant for mutant in mutants_of(order["path"]) if mutant.key == order["key"]]
        sys.meta_path[:0] = map(MutantFinder, found)
        options = ["-qx", "-p", "no:cacheprovider", "-p", "no:faulthandler", f"--basetemp={order['folder']}/loaded"]
        options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        status = pytest.main([*options, *order["tests"]], plugins=[FixedExamples()])
        self.wfile.write(b"+" if status == pytest.ExitCode.OK else b"-")


class FixedExamples:
    """The plugin that lets hypothesis try the same examples for each mutant, and shrink none."""

    def pytest_configure(self) -> None:
        import hypothesis

        quick = hypothesis.settings(
            derandomize=True,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        hypothesis.settings.register_profile("mutation", quick)
        hypothesis.settings.load_profile("mutation")


class MutantFinder:
    """An import hook that loads one module as a mutant."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> Any:
        """Answer for the one module."""
        if name != self._mutant.module:
            return None
        return importlib.util.spec_from_file_location(
            name, ROOT / self._mutant.path, loader=_Loader(name, self._mutant)
        )


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, mutant: Mutant) -> None:
        super().__init__(name, str(ROOT / mutant.path))
        self._mutant = mutant

    def get_code(self, _fullname: str) -> CodeType:
        code: CodeType = self._mutant.compile()
        return code


def silence() -> None:
    """Send what this process prints nowhere, unless MUTATION_TALKS is set, to find out why a mutant does what it does."""
    if not os.environ.get("MUTATION_TALKS"):
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 1)
        os.dup2(null, 2)


def _load_what_others_wrote() -> None:
    import app.models  # noqa: F401 - for what it imports
    import tests.conftest  # noqa: F401 - for what it imports

    for name in list(sys.modules):
        if name.split(".")[0] in _OURS:
            del sys.modules[name]
