"""A large site that is looked at: its statements, its pages, its jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from app.container import Container
from app.http.auth import SESSION_TOKEN
from app.libs.clock import FrozenClock
from app.services.operations.scheduler import Job
from tests.growth.crowd import TOKENS
from tests.growth.samples import Ask
from tests.growth.work import Watch, Work
from tests.support.apps import NOON, close, make_app


@dataclass(frozen=True, slots=True)
class Site:
    """An app in its context on a filled database, and what watches its work."""

    app: Flask
    watch: Watch
    isbn: str

    @property
    def container(self) -> Container:
        container: Container = self.app.extensions["container"]
        return container

    def measure(self, call: Callable[[], object]) -> tuple[Work, object]:
        """Return the work of a call, and what it returned."""
        with self.watch.watching() as work:
            result = call()
        return work, result

    def ask(self, ask: Ask) -> tuple[Work, object]:
        """Ask one statement."""
        return self.measure(lambda: ask(self.container, self.isbn))

    def visit(self, path: str, member: int) -> tuple[Work, int]:
        """Look at a page as a member (0: a visitor) who was there before, and return its status."""
        client = self.app.test_client()
        if member:
            with client.session_transaction() as cookie:
                cookie[SESSION_TOKEN] = TOKENS[member]
        with self.watch.watching() as work:
            status = client.get(path.format(isbn=self.isbn)).status_code
        return work, status

    def run(self, job: Job) -> Work:
        """Run a job of the scheduler."""
        return self.measure(job.run)[0]


@contextmanager
def open_site(folder: Path, url: str, watch: Watch) -> Iterator[Site]:
    """Open a filled site at the hour at which it was filled, its large numbers counted."""
    app = make_app(folder, url)
    app.extensions["container"].core.clock = FrozenClock(NOON)
    with app.app_context():
        container: Container = app.extensions["container"]
        container.catalogue.site_counting.run()
        yield Site(app, watch, container.core.sql.fetchvalue("SELECT isbn13 FROM gift WHERE id = 100") or "")
    close(app)
