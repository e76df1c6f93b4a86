"""`bench pages`: which part of a page that was not seen before takes how long, within one process and one thread."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from time import thread_time
from typing import Any
from unittest.mock import patch

import click
from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

import app.api.wsgi
import app.web.search
from app.api.bodies import BookBodies
from app.search.search import Search
from app.web.result_rows import ResultRows

_SITE = {"search": (Search, "find"), "rows": (ResultRows, "of"), "frame": (app.web.search, "render_template")}
_API = {"search": (Search, "window"), "rows": (BookBodies, "of"), "frame": (app.api.wsgi, "reply")}


def print_parts(site: Flask, texts: dict[str, Sequence[str]], warm: int) -> None:
    """Print milliseconds of processor time a page, for each named list of paths; the first `warm` are not measured."""
    click.echo(f"\n{'of which, cpu ms, one thread':<34} {''.join(f'{name:>9}' for name in (*_SITE, 'rest', 'whole'))}")
    for name, paths in texts.items():
        for path in paths[:warm]:
            _ask(site, path)
        gc.freeze()  # as fisher.py does it
        parts = _spent(site, paths[warm:], _API if paths[0].startswith("/v2") else _SITE)
        click.echo(f"{name:<34} {''.join(f'{each:9.3f}' for each in parts)}")


def _spent(site: Flask, paths: Sequence[str], places: dict[str, tuple[Any, str]]) -> list[float]:
    with ExitStack() as stack:
        clocks = [stack.enter_context(_timed(*place)) for place in places.values()]
        whole = sum(_ask(site, path) for path in paths)
    parts = [sum(clock) for clock in clocks]
    return [each / len(paths) * 1000 for each in (*parts, whole - sum(parts), whole)]


def _ask(site: Flask, path: str) -> float:
    environ = create_environ(path)
    began = thread_time()
    _, status, _ = run_wsgi_app(site, environ, buffered=True)
    if not status.startswith("200"):
        raise RuntimeError(f"{path} gave {status}")
    return thread_time() - began


@contextmanager
def _timed(owner: Any, name: str) -> Iterator[list[float]]:
    """Note how long each call of a function takes."""
    plain: Callable[..., Any] = getattr(owner, name)
    spent: list[float] = []

    def timed(*arguments: Any, **named: Any) -> Any:
        began = thread_time()
        try:
            return plain(*arguments, **named)
        finally:
            spent.append(thread_time() - began)

    with patch.object(owner, name, timed):
        yield spent
