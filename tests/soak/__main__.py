"""`pipenv run soak COMMAND`: tests that need hours to say all they can."""

from __future__ import annotations

import os
import subprocess
import sys

import click

from tests.mutation.command import mutation
from tests.soak.scale import VARIABLE
from tests.support.paths import ROOT

_LONG_FORMS = {
    "kills": ("tests/integration/exchange/test_kills.py", "Kill processes and cut connections while members trade."),
    "year": ("tests/integration/exchange/test_year.py", "Run clocks of several workers, day after day, for years."),
    "index": (
        "tests/integration/search/test_concurrent_index.py",
        "Write, build and kill the index from several processes.",
    ),
}


@click.group()
def soak() -> None:
    """Run the long forms of tests; docs/testing.md says what each is for."""


def _command(name: str, path: str, text: str) -> click.Command:
    @click.command(name, help=f"{text} The tests are those of {path}.")
    @click.option("--times", default=10, show_default=True, help="so many times as long as in the gate")
    def run(times: int) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", path],
            cwd=ROOT,
            env={**os.environ, VARIABLE: str(times)},
            check=False,
        )
        sys.exit(done.returncode)

    return run


for _name, (_path, _text) in _LONG_FORMS.items():
    soak.add_command(_command(_name, _path, _text))
soak.add_command(mutation)

if __name__ == "__main__":
    soak(prog_name="soak")
