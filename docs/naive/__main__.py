"""`python -m docs.naive` plays the eighteen faults on the naive site; with `serve`, the site waits for you on a port."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from docs.naive.backends import FaultError, NaiveBackend, report
from tests.functional.test_faults_of_the_course import cases
from tests.support.members import PASSWORD

HOST = "127.0.0.1"


def play() -> None:
    """Print what each regression finds wrong with the site."""
    for name, case in cases():
        with tempfile.TemporaryDirectory() as folder:
            site = NaiveBackend(Path(folder))
            site.app.logger.disabled = True
            try:
                case(site)
            except FaultError as fault:
                print(report(name, fault))


def furnished(folder: Path) -> NaiveBackend:
    """Return a site with three members: Ann has listed book 1, Bao has one bean, Cleo has nothing."""
    site = NaiveBackend(folder)
    ann, bao, _cleo = (site.member(name, f"{name}@example.com") for name in ("ann", "bao", "cleo"))
    site.offer(ann)
    site.offer(bao)
    site.offer(bao)
    return site


def serve(port: int) -> None:
    """Serve a furnished site to this machine alone, until Ctrl+C."""
    with tempfile.TemporaryDirectory() as folder:
        site = furnished(Path(folder))
        print(
            f"http://{HOST}:{port} - ann, bao and cleo @example.com, password {PASSWORD}; rows: {folder}/naive.sqlite"
        )
        site.app.run(HOST, port)


def main() -> None:
    """Play, or serve."""
    parser = argparse.ArgumentParser(prog="python -m docs.naive", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("play", "serve"), default="play")
    parser.add_argument("--port", type=int, default=8100)
    asked = parser.parse_args()
    if asked.what == "serve":
        serve(asked.port)
    else:
        play()


if __name__ == "__main__":
    main()
