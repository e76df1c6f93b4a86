"""How a mutant gets into the functions of a running process."""

from __future__ import annotations

import functools
import gc
from collections.abc import Iterator, Sequence
from types import CodeType, FunctionType

from tests.mutation.operators import ROOT, Mutant


class LiveFunctions:
    """Every function of some files that the process holds, wherever it is referred to."""

    def __init__(self, paths: Sequence[str]) -> None:
        wanted = {str(ROOT / path) for path in paths}
        gc.collect()
        every = gc.get_objects()
        self._functions = [f for f in every if isinstance(f, FunctionType) and f.__code__.co_filename in wanted]
        self._caches = [c for c in every if isinstance(c, functools._lru_cache_wrapper)]

    def put(self, mutant: Mutant) -> bool:
        """Return the functions the mutant's code; False when that cannot be done to living ones."""
        codes = {(code.co_qualname, code.co_firstlineno): code for code in _codes(mutant.compile())}
        file, changed = str(ROOT / mutant.path), False
        for function in self._functions:
            old = function.__code__
            new = codes.get((old.co_qualname, old.co_firstlineno))
            if old.co_filename != file or new is None or new == old:
                continue
            if new.co_freevars != old.co_freevars:
                return False
            function.__code__ = new
            changed = True
        for cache in self._caches:
            if cache.__module__.split(".")[0] == "app":
                cache.cache_clear()
        return changed


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
