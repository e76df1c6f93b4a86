"""cli: show how a long task goes on: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_WIDTH = 28
_ON_TERMINAL_SECONDS = 0.1
_IN_LOG_SECONDS = 10.0


class Bar:
    """One task's progress, written to standard error so that results can be piped."""

    def __init__(self, label: str, stream: TextIO | None = None) -> None:
        self._label = label
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._pause = _ON_TERMINAL_SECONDS if self._is_terminal else _IN_LOG_SECONDS
        self._next = 0.0 if self._is_terminal else time.monotonic() + self._pause
        self._length = 0

    def show(self, done: int, total: int, note: str = "") -> None:
        """Show `done` of `total` (0: unknown); most calls cost nothing, only some are written."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + self._pause
            self._write(done, total, note)

    def end(self, note: str) -> None:
        """Close the bar with its result."""
        self._put(f"{self._label}: {note}", last=True)

    def _write(self, done: int, total: int, note: str) -> None:
        share = min(1.0, done / total) if total else 0.0
        filled = round(share * _WIDTH)
        bar = f" {'█' * filled}{'░' * (_WIDTH - filled)}" if self._is_terminal and total else ""
        percent = f" {share:4.0%}" if total else ""
        self._put(f"{self._label}{bar}{percent}  {note}".rstrip(), last=not self._is_terminal)

    def _put(self, text: str, *, last: bool) -> None:
        if not self._is_terminal:
            text = text.encode(self._stream.encoding or "ascii", "replace").decode(self._stream.encoding or "ascii")
            self._stream.write(f"{text}\n")
        else:
            self._stream.write(f"\r{text.ljust(self._length)}" + ("\n" if last else ""))
            self._length = 0 if last else len(text)
        self._stream.flush()
