"""Set up this project and run its commands, with nothing but Python: `python3 run.py start`; `python3 run.py --help` lists the rest.

Older Pythons can read this file, too, so that they can say that they are too old.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".tools" / "venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
COMMANDS = {
    "start": "install what the site needs, and serve it on http://127.0.0.1:8000",
    "test": "install what the tests need, and run all of them, or those that are named",
    "dev": "run a development server",
    "flask": "run a command of the site: run.py flask demo, run.py flask settings",
    "lint": "run all static checks",
    "docs": "build the documentation as a site, and serve it",
    "bench": "measure",
    "soak": "run the long forms of tests",
    "setup": "turn on the hook that checks the subjects of commits",
}
OF_THE_SITE = ("start", "dev", "flask")  # the others need the packages for development


class MissingError(Exception):
    """Something that must be there is not; the text says what, and how to get it."""


def main(words: "list[str]") -> int:
    """Install what a command needs and run it; return its exit code."""
    if not words or words[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    try:
        ensure_python()
        ensure_known(words[0])
        ensure_pipenv()
        install = [] if words[0] in OF_THE_SITE else ["--dev"]
        return pipenv(subprocess.call, "sync", *install) or pipenv(hand_over, "run", *words)
    except MissingError as missing:
        print(f"run.py: {missing}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def usage() -> str:
    """Return how this file is used."""
    lines = [f"  {name:7}{text}" for name, text in COMMANDS.items()]
    end = "Anything else runs in the project's environment: run.py python -m pytest --help"
    return "\n".join(["usage: run.py COMMAND [ARGUMENTS]", "", *lines, "", end])


def ensure_python() -> None:
    """Check that this Python is new enough."""
    if sys.version_info < OLDEST:
        needed, found = (".".join(map(str, version)) for version in (OLDEST, sys.version_info[:3]))
        raise MissingError(
            f"this needs Python {needed} or newer, and {sys.executable} is {found}: install one "
            f"(https://www.python.org/downloads/) and call it by its name, as in `python{needed} run.py start`"
        )


def ensure_known(word: str) -> None:
    """Check that a word is a command, or may be a program of the environment: nothing is installed for a slip of typing."""
    if word in COMMANDS or word == "python":
        return
    if not PYTHON.exists() or pipenv(subprocess.call, "--venv", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        raise MissingError(
            f"`{word}` is none of its commands, and nothing is installed yet in which it could be found: "
            "`run.py --help` lists the commands, `run.py setup` installs what developers use"
        )


def ensure_pipenv() -> None:
    """Make `.tools/venv` with pipenv in it, unless it is there and works."""
    if PYTHON.exists() and subprocess.call([str(PYTHON), "-c", "import pipenv"], stderr=subprocess.DEVNULL) == 0:
        return
    has_own_pip = find_spec("ensurepip") is not None
    if find_spec("venv") is None or not (has_own_pip or find_spec("pip")):
        raise MissingError(
            f"{sys.executable} cannot make virtual environments: install its module venv, on Debian and Ubuntu by "
            "`apt install python{}.{}-venv`".format(*sys.version_info)
        )
    print("Installing pipenv in .tools ...", file=sys.stderr)
    make = [sys.executable, "-m", "venv", "--clear", *([] if has_own_pip else ["--without-pip"]), str(VENV)]
    pip = [str(PYTHON), "-m", "pip"] if has_own_pip else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if subprocess.call(make) or subprocess.call([*pip, "install", "-q", "--disable-pip-version-check", "pipenv"]):
        raise MissingError("pipenv could not be installed, for the reason above; try again when that is mended")


def pipenv(call: "Callable[..., int]", *words: str, **streams: int) -> int:
    """Run pipenv with these words in the environment of this project, never in one that happens to be active."""
    os.chdir(str(ROOT))
    environ = dict(os.environ, PIPENV_IGNORE_VIRTUALENVS="1")
    environ.setdefault("FLASK_APP", "fisher")
    return call([str(PYTHON), "-m", "pipenv", *words], env=environ, **streams)


def hand_over(command: "list[str]", env: "dict[str, str]") -> int:
    """Become the command, so that signals and its exit code need nobody between; wait for it where that cannot be done."""
    if os.name != "nt":
        os.execve(command[0], command, env)
    process = subprocess.Popen(command, env=env)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command gets Ctrl-C as well, and ends in its own time
    return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
