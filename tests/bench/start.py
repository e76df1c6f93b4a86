"""`bench start`: the first start of a new site, with the starter catalogue, to its first answered search."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import click

from tests.support.site import Site

_PAUSE = 0.01
_PARTS = {
    "starter catalogue: ": "programs are imported, the starter catalogue is loaded",
    "building the index: ": "the index is built",
    "is open": "the web server listens",
}
"""What the site says when a part is done."""


@click.command("start")
@click.option("--times", default=3, show_default=True, help="new sites, one after the other")
def start(times: int) -> None:
    """Print the seconds from the start of the program to the first search that finds a book, and its parts."""
    for number in range(1, times + 1):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            before = _processor_seconds()
            parts = _start_once(Path(folder))
            click.echo(f"start {number}: {parts[-1][1]:.2f} s, {_processor_seconds() - before:.2f} s of processor time")
            since = 0.0
            for name, at in parts:
                click.echo(f"   {name:<56} {at:6.2f}  (+{at - since:.2f})")
                since = at


def _start_once(folder: Path) -> list[tuple[str, float]]:
    """Return the parts with the seconds since the start at which each was done."""
    began = time.monotonic()
    site = Site(folder / "data", folder / "log", MAIL_URL="console:", LOG_LEVEL="error")
    try:
        parts = [(name, _seconds(site, began, lambda said=said: said in site.said)) for said, name in _PARTS.items()]
        answered = _seconds(site, began, lambda: _finds_a_book(site))
    finally:
        site.stop()
    return [*parts, ("a search is answered", answered)]


def _finds_a_book(site: Site) -> bool:
    status, page = site.get(f"/book/search?q={quote('三体')}")
    return status == 200 and '/detail"' in page


def _seconds(site: Site, began: float, is_done: Callable[[], bool]) -> float:
    while not is_done():
        if site.process.poll() is not None:
            raise click.ClickException(site.said)
        time.sleep(_PAUSE)
    return time.monotonic() - began


def _processor_seconds() -> float:
    """Return the processor time of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
