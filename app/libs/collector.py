"""Leaf tool: Python's search for cycles of garbage, put off while very many objects are made that are no garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Let nobody walk through what the block makes, again and again; what no cycle holds is freed as ever.

    Blocks nest. They are for one thread's long work at a time: the first one to end wakes the collector for all.
    """
    was_awake = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_awake:
            gc.enable()
