"""Run every static check, in order; the exit code is 1 if one of them found something."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.lint import docstrings, names, sql, unused
from tests.support.paths import ROOT

TOOLS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    ("djlint", "app/templates", "--lint", "--quiet"),
    (sys.executable, "docs/site", "build"),
)
OWN = {
    "docstrings": docstrings.find_faults,
    "names": names.find_faults,
    "SQL in tests": sql.find_faults,
    "unused definitions": unused.find_faults,
}


def main() -> int:
    """Return 0 if nothing was found. All checks run, so that one look shows all there is to mend."""
    failed = [" ".join(tool) for tool in TOOLS if run(tool, ROOT)]
    for name, check in OWN.items():
        if faults := check(ROOT):
            print(*faults, sep="\n")
            failed.append(name)
    print("found something: " + "; ".join(failed) if failed else "All checks passed.")
    return int(bool(failed))


def run(tool: Sequence[str], project: Path) -> int:
    """Return a tool's exit code. What it says is shown when it found something: not to say it (`--quiet`) is for MkDocs not to look."""
    done = subprocess.run(tool, cwd=project, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print(done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
