"""Run a program that ends when its parent ends, however the parent ends.

``python -m app.cli.parent_watch MODULE ARGUMENT…`` imports the site, waits for a byte on its standard input, and then runs the module
as ``python -m MODULE ARGUMENT…`` would. Standard input is a pipe whose other end the parent holds: when the parent dies,
by kill -9 too, the pipe closes, and this process is told to stop. The processes that it forks watch it in the same way.
So no web server outlives `pipenv run start` and keeps the port.
"""

from __future__ import annotations

import importlib
import os
import runpy
import signal
import sys
import threading
import time
from collections.abc import Callable

#: Sent by the parent when the program may begin. What takes long to import is imported before, during other work.
GO = b"\n"
_IMPORTED_AHEAD = "fisher"
_SECONDS_TO_STOP = 10.0
_LOOK_EVERY_SECONDS = 1.0


def main() -> None:
    """Wait for the word, watch the parent, then become the module."""
    _program, module, *arguments = sys.argv
    pipe = os.dup(sys.stdin.fileno())
    for ahead in (_IMPORTED_AHEAD, module):
        importlib.import_module(ahead)
    if os.read(pipe, 1) != GO:
        return
    _end_after(lambda: _read_to_the_end(pipe))
    if hasattr(os, "register_at_fork"):
        own = os.getpid()
        os.register_at_fork(after_in_child=lambda: _end_after(lambda: _wait_for_end_of(own)))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_after(wait: Callable[[], None]) -> None:
    """Stop this process, politely first, as soon as `wait` returns."""

    def end() -> None:
        wait()
        _ask_to_stop()
        time.sleep(_SECONDS_TO_STOP)
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()


def _ask_to_stop() -> None:
    """Send SIGTERM to the main thread: sent to another one, it would not wake a main thread that waits for a lock."""
    if hasattr(signal, "pthread_kill") and (main_thread := threading.main_thread().ident):
        signal.pthread_kill(main_thread, signal.SIGTERM)
    else:
        os.kill(os.getpid(), signal.SIGTERM)


def _read_to_the_end(pipe: int) -> None:
    while os.read(pipe, 1):
        pass


def _wait_for_end_of(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_SECONDS)


if __name__ == "__main__":
    main()
