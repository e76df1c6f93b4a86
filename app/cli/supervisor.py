"""Keep the processes of the site running, and end them together."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from app.cli.parent_watch import GO

_SECONDS_TO_STOP = 15.0
_PAUSE_SECONDS = 0.2
#: A program that ends so often within so many seconds is broken; starting it again would only hide that.
_MOST_ENDS = 5
_ENDS_WITHIN = 60.0
#: Ctrl+C at the terminal reaches the parent alone, which then ends its children in order.
_IN_A_GROUP_OF_ITS_OWN: dict[str, Any]
if sys.platform == "win32":
    _IN_A_GROUP_OF_ITS_OWN = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
else:
    _IN_A_GROUP_OF_ITS_OWN = {"start_new_session": True}


class Child:
    """One program that is started again when it ends by itself; a little later each time."""

    def __init__(self, name: str, arguments: Sequence[str], environ: Mapping[str, str]) -> None:
        self.name = name
        self._arguments = arguments
        self._environ = environ
        self._process: subprocess.Popen[bytes] | None = None
        self._ends: list[float] = []
        self._start_at = 0.0
        self._has_begun = False

    def warm_up(self) -> None:
        """Start the process, which imports what it needs and then waits until it is watched."""
        self._process = self._start()

    def watch(self) -> None:
        """Let the program begin; start it again if it has ended and its pause is over.

        :raises ChildFailedError: when it has ended too often.
        """
        now = time.monotonic()
        if self._process is not None and self._process.poll() is not None:
            self._note_end(now, self._process.returncode)
        if self._process is None and now >= self._start_at:
            self._process = self._start()
        if self._process is not None and not self._has_begun:
            self._let_begin(self._process)

    def ask_to_stop(self) -> None:
        """Send it SIGTERM (on Windows: end it)."""
        if self._process is not None:
            self._process.terminate()

    def wait(self, until: float) -> None:
        """Wait until it has ended; after the moment `until` it is killed."""
        if self._process is None:
            return
        self._close_pipe()
        try:
            self._process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        """Start it under watch of its parent: a pipe whose other end is held here."""
        return subprocess.Popen(  # noqa: S603 - our own programs, with arguments from our own settings
            [sys.executable, "-m", "app.cli.parent_watch", *self._arguments],
            stdin=subprocess.PIPE,
            env=dict(self._environ),
            **_IN_A_GROUP_OF_ITS_OWN,
        )

    def _let_begin(self, process: subprocess.Popen[bytes]) -> None:
        self._has_begun = True
        if process.stdin:
            with suppress(BrokenPipeError):  # it has ended already: the next look will tell
                process.stdin.write(GO)
                process.stdin.flush()

    def _note_end(self, now: float, code: int) -> None:
        self._close_pipe()
        self._process, self._has_begun = None, False
        self._ends = [end for end in self._ends if now - end < _ENDS_WITHIN] + [now]
        if len(self._ends) >= _MOST_ENDS:
            raise ChildFailedError(self.name, code)
        self._start_at = now + 2.0 ** (len(self._ends) - 1) - 1.0

    def _close_pipe(self) -> None:
        """Close the pipe: what holds its other end is to stop."""
        if self._process is not None and self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.close()


class ChildFailedError(Exception):
    """A program ended again and again; `code` is its last exit code."""

    def __init__(self, name: str, code: int) -> None:
        super().__init__(f"{name} ended {_MOST_ENDS} times within a minute (last exit code {code})")


@contextmanager
def together(children: Sequence[Child]) -> Iterator[None]:
    """Start the process of the first, which imports what it needs while the block runs; end all after the block.

    The others would only take the processor from the block: what they do can wait.
    """
    try:
        for child in children[:1]:
            child.warm_up()
        yield
    finally:
        until = time.monotonic() + _SECONDS_TO_STOP
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.wait(until)


def keep_running(children: Sequence[Child], *, on_beat: Callable[[], None]) -> None:
    """Let all programs begin and keep them running until SIGINT, SIGTERM or SIGHUP.

    :param on_beat: called a few times a second while they run.
    :raises ChildFailedError: when one cannot be kept running.
    """
    stop = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), ask)
    while not stop.is_set():
        for child in children:
            child.watch()
        on_beat()
        stop.wait(_PAUSE_SECONDS)
