"""Python's search for cycles of garbage, put off while very many objects are made that are no garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Let nobody walk through what the block makes, again and again; what no cycle holds is freed as ever.

    Blocks nest; of two threads' blocks the one that began first wakes the collector for both.
    """
    was_awake = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_awake:
            gc.enable()
