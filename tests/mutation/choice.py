"""Which tests are run for a mutant."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

import coverage
import pytest

from tests.mutation.operators import ROOT, Mutant, module_of

#: Of the tests that run a line, the first ones that took so long together without a mutant; the others are not tried.
SECONDS_OF_TESTS = 20.0


class Choice:
    """The tests of each mutant: those that run its line, the most particular to the file first."""

    def __init__(
        self,
        data: coverage.CoverageData,
        paths: Sequence[str],
        seconds: dict[str, float],
        items: Collection[pytest.Item],
    ) -> None:
        self._seconds = seconds
        self._importing = importing(items, paths)
        self._of_line: dict[str, dict[int, list[str]]] = {}
        lines: dict[str, dict[str, int]] = {path: defaultdict(int) for path in paths}
        everywhere: dict[str, int] = defaultdict(int)
        for path in paths:
            self._of_line[path] = data.contexts_by_lineno(str(ROOT / path))
            for contexts in self._of_line[path].values():
                for context in contexts:
                    lines[path][context] += 1
                    everywhere[context] += 1
        self._share = {path: {test: n / everywhere[test] for test, n in found.items()} for path, found in lines.items()}

    def tests(self, mutant: Mutant) -> list[str]:
        """Return the tests for a mutant of living functions; none if its line runs while the module is loaded."""
        contexts = self._contexts(mutant)
        return self._first(mutant, contexts) if mutant.in_function and "" not in contexts else []

    def tests_of_loaded(self, mutant: Mutant) -> list[str]:
        """Return the tests for a module that is loaded as a mutant.

        After those that run the line come all others that run something of the file: what is remembered between tests, in
        caches, was run by the first of them alone.
        """
        return self._first(mutant, [*self._contexts(mutant), *self._share[mutant.path]])

    def _contexts(self, mutant: Mutant) -> list[str]:
        """Return the tests that run the mutant's line; of one that runs at import, those whose files import the module."""
        contexts = self._of_line[mutant.path].get(mutant.line, [])
        return [*contexts, *self._importing[mutant.path]] if "" in contexts or not contexts else contexts

    def _first(self, mutant: Mutant, contexts: Sequence[str]) -> list[str]:
        share, own = self._share[mutant.path], set(self._contexts(mutant))
        known = {context for context in contexts if context in self._seconds}
        chosen: list[str] = []
        spent = 0.0
        for nodeid in sorted(known, key=lambda c: (c not in own, -share.get(c, 0.0), self._seconds[c], c)):
            spent += self._seconds[nodeid]
            if chosen and spent > SECONDS_OF_TESTS:
                break
            chosen.append(nodeid)
        return chosen


def importing(items: Collection[pytest.Item], paths: Sequence[str]) -> dict[str, list[str]]:
    """Return for each path the tests whose files name its module: a constant is seen by tests that call nothing of it.

    A file that says `import app.domain` looks at the whole package.
    """
    names = {file: set(_imported(ast.parse(file.read_text("utf-8")))) for file in {item.path for item in items}}
    found = {}
    for path in paths:
        wanted = {module_of(path), f"{module_of(path).rpartition('.')[0]}.*"}
        found[path] = [item.nodeid for item in items if names[item.path] & wanted]
    return found


def _imported(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a file imports, of `import a.b` also `a.b.*`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name for alias in node.names for name in (alias.name, f"{alias.name}.*"))
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
