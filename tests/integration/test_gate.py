"""`.ci/run` on a machine whose programs only write down that they were called."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.paths import ROOT

PROGRAMS = ("git", "mariadbd", "redis-server", "chromium", "apt-get")
SPOKEN = '#!/bin/sh\necho "$(basename "$0") $*" >> "$CALLS"\n'


class Machine:
    """A folder with the gate in it, and a PATH that leads to nothing else than told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / ".ci").mkdir()
        shutil.copy(ROOT / ".ci/run", folder / ".ci/run")
        shutil.copy(ROOT / "README.md", folder)
        self.programs = folder / "programs"
        self.programs.mkdir()
        for name in ("bash", "sh", "basename", "dirname", "sed", "ls"):
            (self.programs / name).symlink_to(shutil.which(name))
        for name in PROGRAMS:
            self.add(name)
        self.add(
            "python3",
            'case "$*" in *test*) exit ${TESTS:-0};; *lint*) exit ${LINT:-0};; *ensurepip*|*pip*) exit ${PIP:-0};; esac',
        )
        (folder / ".tools/venv/bin").mkdir(parents=True)
        self.add("python", "", folder / ".tools/venv/bin")

    def add(self, name: str, body: str = "", folder: Path | None = None) -> None:
        program = (folder or self.programs) / name
        program.write_text(SPOKEN + body + "\n", "utf-8")
        program.chmod(0o755)

    def run(self, **environ: str) -> tuple[int, list[str]]:
        """Return the gate's exit code and what was called."""
        calls = self.folder / "calls"
        done = subprocess.run(
            [".ci/run"], cwd=self.folder, env={"PATH": str(self.programs), "CALLS": str(calls), **environ}, check=False
        )
        lines = calls.read_text("utf-8").splitlines() if calls.exists() else []
        return done.returncode, [line for line in lines if "import" not in line]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def installed(calls: list[str]) -> set[str]:
    """Return what apt-get was asked to install, but fonts, which this machine may have or not."""
    words = [word for call in calls if call.startswith("apt-get install") for word in call.split()[1:]]
    return {word for word in words if not word.startswith(("-", "install", "fonts"))}


def test_the_readme_s_test_line_runs_before_the_checks(machine: Machine) -> None:
    code, calls = machine.run()
    assert code == 0
    assert [call for call in calls if "apt" not in call] == [
        "python3 run.py test",
        "python -m pipenv verify",
        "python3 run.py lint",
    ]


@pytest.mark.parametrize("failing", ["TESTS", "LINT"])
def test_a_failure_is_not_passed_over(machine: Machine, failing: str) -> None:
    assert machine.run(**{failing: "5"})[0] == 5


def test_a_readme_without_a_test_line_does_not_pass(machine: Machine) -> None:
    (machine.folder / "README.md").write_text("**Test**\n\n```sh\n```\n", "utf-8")
    code, calls = machine.run()
    assert code == 1
    assert "python3 run.py test" not in calls


def test_nothing_is_installed_that_is_there(machine: Machine) -> None:
    assert installed(machine.run()[1]) == set()


def test_a_machine_with_python_alone_gets_the_rest(machine: Machine) -> None:
    for name in ("git", "mariadbd", "redis-server", "chromium"):
        (machine.programs / name).unlink()
    assert installed(machine.run(PIP="1")[1]) == {"git", "python3-venv", "mariadb-server", "redis-server", "chromium"}
