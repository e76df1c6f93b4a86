"""Run every static check, in order; the exit code is 1 if one of them found something."""

from __future__ import annotations

import subprocess
import sys

from tests.lint import docstrings, names, unused
from tests.support.paths import ROOT

TOOLS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    ("djlint", "app/templates", "--lint", "--quiet"),
    (sys.executable, "docs/site", "build", "--quiet"),
)
OWN = {"docstrings": docstrings.find_faults, "names": names.find_faults, "unused definitions": unused.find_faults}


def main() -> int:
    """Return 0 if nothing was found. All checks run, so that one look shows all there is to mend."""
    failed = [" ".join(tool) for tool in TOOLS if subprocess.run(tool, cwd=ROOT, check=False).returncode]
    for name, check in OWN.items():
        if faults := check(ROOT):
            print(*faults, sep="\n")
            failed.append(name)
    print("found something: " + "; ".join(failed) if failed else "All checks passed.")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
