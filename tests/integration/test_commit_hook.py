"""The hook that `pipenv run setup` offers, in a real repository."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.paths import ROOT


@pytest.fixture
def commit(tmp_path: Path):
    shutil.copytree(ROOT / ".githooks", tmp_path / ".githooks")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", *arguments], cwd=tmp_path, check=False, capture_output=True, text=True)

    run("init", "--quiet")
    for setting in ("core.hooksPath=.githooks", "user.name=member", "user.email=member@example.org"):
        run("config", *setting.split("="))
    return lambda message: run("commit", "--allow-empty", "-m", message)


@pytest.mark.parametrize("message", ["a" * 72, "字" * 72, "search: fold 著 to 着\n\n" + "why " * 40])
def test_a_short_subject_passes(commit, message: str) -> None:
    done = commit(message)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("subject", ["a" * 73, "字" * 73])
def test_a_long_subject_is_refused_with_its_length(commit, subject: str) -> None:
    done = commit(subject + "\n\nbody")
    assert done.returncode == 1
    assert "73 characters" in done.stderr
    assert subject in done.stderr
