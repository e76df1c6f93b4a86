"""A pytest session that learns which test runs which line, then forks once for each mutant and runs these tests on it."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.choice import Choice
from tests.mutation.live import LiveFunctions
from tests.mutation.loaded import FixedExamples, LoadedMutants, silence
from tests.mutation.operators import ROOT, Mutant

_MEMORY = 6 * 2**30
_PAUSE = 0.02
_SURVIVED, _FAILED, _FAULT = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mutant: killed, survived, timeout (killed, too), not run by any test, or fault (of ours)."""

    mutant: Mutant
    outcome: str
    tests: int


class MutationSession:
    """The plugin: it replaces the loop that runs tests."""

    def __init__(
        self, mutants: Sequence[Mutant], loaded: LoadedMutants, *, jobs: int, done: Callable[[Result], None]
    ) -> None:
        self._loaded = loaded
        self._mutants = mutants
        self._paths = sorted({mutant.path for mutant in mutants})
        self._jobs = jobs
        self._done = done
        self._coverage = coverage.Coverage(
            data_file=None, config_file=False, include=[str(ROOT / path) for path in self._paths], messages=False
        )
        self._coverage.set_option("run:disable_warnings", ["no-data-collected", "module-not-measured"])
        self._coverage.start()  # before anything of ours is imported: what runs then belongs to no test

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run all tests once with, once without being watched, then what belongs to each mutant."""
        items = {item.nodeid: item for item in session.items}
        failed = [nodeid for nodeid, item in items.items() if self._watched(item)]
        self._coverage.stop()
        taken, failed_in_fork = _timed(items)
        if failed or failed_in_fork:
            print(f"left out, for they fail without a mutant: {sorted({*failed, *failed_in_fork})}", flush=True)
        sound = {n: s for n, s in taken.items() if n not in {*failed, *failed_in_fork}}
        choice = Choice(self._coverage.get_data(), self._paths, sound, session.items)
        self._ensure_loading_is_harmless(choice)
        live = LiveFunctions(self._paths)
        running: dict[int, tuple[Mutant, int, float, Path]] = {}
        for mutant in self._mutants:
            chosen, loaded = choice.tests(mutant), choice.tests_of_loaded(mutant)
            if not loaded:
                self._done(Result(mutant, "not run", 0))
                continue
            while len(running) >= self._jobs:
                self._reap(running)
            folder = Path(tempfile.mkdtemp(prefix="mutant-"))
            seconds = 90 + 10 * sum(sound[nodeid] for nodeid in [*chosen, *loaded])
            work = _Work(mutant, [items[nodeid] for nodeid in chosen], loaded, folder, seconds)
            pid = _forked(lambda w=work: w.run(live, self._loaded))
            running[pid] = (mutant, len({*chosen, *loaded}), time.monotonic() + seconds, folder)
        while running:
            self._reap(running)
        return True

    def _ensure_loading_is_harmless(self, choice: Choice) -> None:
        """Load each file once more as it stands: its tests must pass, or every mutant that is loaded would seem killed."""
        for mutant in {mutant.path: mutant for mutant in self._mutants}.values():
            tests = choice.tests_of_loaded(mutant)
            with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
                if tests and not self._loaded.survives(mutant.path, "", tests, Path(folder), seconds=600):
                    raise pytest.UsageError(f"tests fail when {mutant.module} is loaded unchanged: {tests}")

    def _watched(self, item: pytest.Item) -> bool:
        self._coverage.switch_context(item.nodeid)
        try:
            return _fails([item])
        finally:
            self._coverage.switch_context("")

    def _reap(self, running: dict[int, tuple[Mutant, int, float, Path]]) -> None:
        for pid, (mutant, tests, limit, folder) in list(running.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            outcome = {_SURVIVED: "survived", _FAULT: "fault"}.get(os.waitstatus_to_exitcode(status), "killed")
            if not ended and time.monotonic() > limit:
                os.kill(pid, signal.SIGKILL)
                ended, _status = os.waitpid(pid, 0)
                outcome = "timeout"
            if ended:
                try:
                    os.killpg(pid, signal.SIGKILL)  # what the tests had started
                except ProcessLookupError:
                    pass
                del running[pid]
                shutil.rmtree(folder, ignore_errors=True)
                self._done(Result(mutant, outcome, tests))
        time.sleep(_PAUSE)


@dataclass(frozen=True, slots=True)
class _Work:
    """What a forked process does: become the mutant and run the tests until one fails.

    First in the functions that live, which takes no time. What survives this is tried in a module that is loaded as the
    mutant: it has remembered nothing.
    """

    mutant: Mutant
    items: list[pytest.Item]
    loaded: list[str]
    folder: Path
    seconds: float

    def run(self, live: LiveFunctions, server: LoadedMutants) -> int:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        began = time.monotonic()
        if self.items and live.put(self.mutant):
            self.items[0].config._tmp_path_factory._basetemp = self.folder  # type: ignore[attr-defined]
            if _fails(self.items):
                return _FAILED
        left = self.seconds - (time.monotonic() - began)
        key = self.mutant.key
        return (
            _FAILED if not server.survives(self.mutant.path, key, self.loaded, self.folder, seconds=left) else _SURVIVED
        )


class _Nothing:
    """An item after which only the session's own fixtures are kept."""

    def __init__(self, session: pytest.Session) -> None:
        self._session = session

    def listchain(self) -> list[Any]:
        return [self._session]


def _fails(items: Sequence[pytest.Item]) -> bool:
    """Run tests until one fails."""
    last: Any = _Nothing(items[0].session)
    for item, following in zip(items, [*items[1:], last], strict=True):
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
            return True
    return False


def _timed(items: dict[str, pytest.Item]) -> tuple[dict[str, float], list[str]]:
    """Run each test once in a fork, as for a mutant, and return the seconds of processor time that it takes, and those that fail there."""
    with tempfile.NamedTemporaryFile("w+") as file, tempfile.TemporaryDirectory(prefix="mutant-") as folder:

        def run_all() -> int:
            for nodeid, item in items.items():
                item.config._tmp_path_factory._basetemp = Path(folder)  # type: ignore[attr-defined]
                began = sum(os.times()[:4])
                fails = _fails([item])
                print(f"{sum(os.times()[:4]) - began:.3f} {fails:d} {nodeid!r}", file=file, flush=True)
            return 0

        os.waitpid(_forked(run_all), 0)
        seconds, failed = {}, []
        for line in Path(file.name).read_text("utf-8").splitlines():
            taken, fails, nodeid = line.split(" ", 2)
            seconds[eval(nodeid)] = float(taken)
            failed += [eval(nodeid)] * int(fails)
    return seconds, failed


def _forked(work: Callable[[], int]) -> int:
    """Do something in a forked process group of its own, silently, and return its number; it ends with what `work` gives."""
    pid = os.fork()
    if pid:
        return pid
    status = _FAULT
    try:
        os.setsid()
        silence()
        status = work()
    except BaseException as error:  # noqa: BLE001 - nothing may leave a fork
        os.write(2, repr(error).encode())
    finally:
        os._exit(status)


def run(mutants: Sequence[Mutant], tests: Sequence[str], *, jobs: int, done: Callable[[Result], None]) -> None:
    """Run the mutants on some files of tests and call `done` for each."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        loaded = LoadedMutants(Path(folder))
        try:
            plugin = MutationSession(mutants, loaded, jobs=jobs, done=done)
            options = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:faulthandler"]
            options += ["-m", "not (mariadb or redis or browser or slow)"]
            pytest.main([*options, *tests], plugins=[plugin, FixedExamples()])
        finally:
            loaded.close()
