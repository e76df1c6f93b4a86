"""`run.py` in a folder of its own, with a pipenv that writes down what it is asked, and without a network."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.paths import ROOT

PIPENV = """
import os, signal, sys, time
if sys.argv[1:] == ["--venv"]:
    sys.exit(os.path.exists("no-environment"))
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job has it ignored
with open("asked.txt", "a") as asked:
    print(*sys.argv[1:], "| FLASK_APP=" + os.environ["FLASK_APP"], file=asked)
if sys.argv[1:] == ["sync"] and os.path.exists("no-network"):
    sys.exit(3)
if sys.argv[1:2] == ["run"] and sys.argv[2] == "wait":
    try:
        print("waiting", flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        sys.exit(5)
if sys.argv[1:2] == ["run"] and sys.argv[2] == "end":
    sys.exit(int(sys.argv[3]))
"""
HIDING = "import sys\nfor name in {names!r}:\n    sys.modules[name] = None\n"


class Clone:
    """A folder with `run.py`, and what a shell would see of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copy(ROOT / "run.py", folder)
        (folder / "wheels").mkdir()
        with zipfile.ZipFile(folder / "wheels" / "pipenv-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr("pipenv/__init__.py", "")
            wheel.writestr("pipenv/__main__.py", PIPENV)
            wheel.writestr("pipenv-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: pipenv\nVersion: 1.0\n")
            wheel.writestr(
                "pipenv-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            wheel.writestr("pipenv-1.0.dist-info/RECORD", "")
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith(("PIP", "FLASK"))}
        self.environ |= {
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": (folder / "wheels").as_uri(),
            "PIP_CONFIG_FILE": os.devnull,
        }

    @property
    def command(self) -> list[str]:
        return [sys.executable, str(self.folder / "run.py")]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, *words],
            env=self.environ,
            cwd=self.folder.parent,
            check=False,
            capture_output=True,
            text=True,
        )

    def hide(self, *modules: str) -> None:
        """Let Python look as if these modules were not installed."""
        (self.folder / "hiding").mkdir()
        (self.folder / "hiding" / "sitecustomize.py").write_text(HIDING.format(names=modules), "utf-8")
        self.environ["PYTHONPATH"] = str(self.folder / "hiding")

    @property
    def asked(self) -> list[str]:
        """What pipenv was asked, in order."""
        log = self.folder / "asked.txt"
        return log.read_text("utf-8").splitlines() if log.exists() else []


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    (tmp_path / "a clone").mkdir()
    return Clone(tmp_path / "a clone")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with nothing in it."""
    venv = tmp_path_factory.mktemp("tools") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    return venv


@pytest.fixture
def ready(clone: Clone, environment: Path) -> Clone:
    """Return a clone in which pipenv is installed already."""
    venv = clone.folder / ".tools" / "venv"
    shutil.copytree(environment, venv, symlinks=True)
    (packages,) = venv.rglob("site-packages")
    with zipfile.ZipFile(next((clone.folder / "wheels").iterdir())) as wheel:
        wheel.extractall(packages)
    return clone


@pytest.mark.parametrize("hidden", [(), ("ensurepip",)], ids=["with ensurepip", "with pip alone"])
def test_pipenv_is_installed_first(clone: Clone, hidden: tuple[str, ...]) -> None:
    if hidden:
        clone.hide(*hidden)
    done = clone.run("start")
    assert done.returncode == 0, done.stderr
    assert clone.asked == ["sync | FLASK_APP=fisher", "run start | FLASK_APP=fisher"]
    assert "Installing pipenv" in done.stderr
    (packages,) = (clone.folder / ".tools" / "venv").rglob("site-packages")
    assert (packages / "pip").exists() == (not hidden)


def test_an_installation_that_was_cut_short_is_made_again(clone: Clone, environment: Path) -> None:
    clone.hide("ensurepip")
    shutil.copytree(environment, clone.folder / ".tools" / "venv", symlinks=True)
    assert clone.run("start").returncode == 0
    assert len(clone.asked) == 2


def test_what_is_installed_is_not_installed_again(ready: Clone) -> None:
    ready.hide("ensurepip", "pip", "venv")
    done = ready.run("test", "tests/unit", "-k", "a word")
    assert (done.returncode, done.stderr) == (0, "")
    assert ready.asked == ["sync --dev | FLASK_APP=fisher", "run test tests/unit -k a word | FLASK_APP=fisher"]


@pytest.mark.parametrize(
    ("words", "sync"),
    [
        ("start", "sync"),
        ("dev", "sync"),
        ("flask demo --story", "sync"),
        ("lint", "sync --dev"),
        ("bench search", "sync --dev"),
        ("python -m pytest --help", "sync --dev"),
        ("ruff check", "sync --dev"),
    ],
)
def test_words_are_passed_on_with_the_packages_they_need(ready: Clone, words: str, sync: str) -> None:
    assert ready.run(*words.split()).returncode == 0
    assert [line.split(" |")[0] for line in ready.asked] == [sync, f"run {words}"]


@pytest.mark.parametrize("begun", [False, True], ids=["in a fresh clone", "after an installation that was cut short"])
def test_nothing_is_installed_for_a_word_that_nobody_knows(clone: Clone, environment: Path, *, begun: bool) -> None:
    if begun:
        shutil.copytree(environment, clone.folder / ".tools" / "venv", symlinks=True)
        (clone.folder / "no-environment").touch()
    done = clone.run("strat")
    assert (done.returncode, done.stdout, clone.asked) == (1, "", [])
    line = done.stderr.splitlines()[-1]
    assert "`strat` is none of its commands" in line
    assert "`run.py --help`" in line


@pytest.mark.parametrize("code", [0, 1, 5, 77])
def test_the_exit_code_is_that_of_the_command(ready: Clone, code: int) -> None:
    assert ready.run("end", str(code)).returncode == code


def test_nothing_runs_when_the_packages_could_not_be_installed(ready: Clone) -> None:
    (ready.folder / "no-network").touch()
    assert ready.run("start").returncode == 3
    assert len(ready.asked) == 1


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 5), (signal.SIGTERM, -signal.SIGTERM)])
def test_signals_reach_the_command(ready: Clone, sent: signal.Signals, code: int) -> None:
    with subprocess.Popen([*ready.command, "wait"], env=ready.environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(sent)
        assert process.wait(30) == code


def test_without_venv_and_pip_one_sentence_says_how_to_get_them(clone: Clone) -> None:
    clone.hide("ensurepip", "pip")
    done = clone.run("start")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert f"`apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv`" in line
    assert clone.asked == []


def test_an_old_python_is_told_so_in_one_sentence(clone: Clone) -> None:
    old = "import runpy, sys; sys.version_info = (3, 6, 15); sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    clone.environ["PYTHONWARNINGS"] = "ignore"
    done = subprocess.run(
        [sys.executable, "-c", old, clone.folder / "run.py", "start"],
        env=clone.environ, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "Python 3.11 or newer" in line
    assert "is 3.6.15" in line


def test_python_3_6_can_read_the_file() -> None:
    ast.parse((ROOT / "run.py").read_text("utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",), ("help",)])
def test_help_names_every_command_and_needs_nothing(clone: Clone, words: tuple[str, ...]) -> None:
    clone.hide("ensurepip", "pip", "venv")
    done = clone.run(*words)
    assert done.returncode == 0
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")}
    scripts = (ROOT / "Pipfile").read_text("utf-8").split("[scripts]")[1]
    assert listed == {line.split(" = ")[0] for line in scripts.splitlines() if " = " in line} | {"flask"}
