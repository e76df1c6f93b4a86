"""Making generations, by one process at a time. A rebuild reads the catalogue, a merge the live generation and the changes.

Killed at any point, nothing is lost: the pointer still names the old generation, and every change since is still in the delta.

* Changes are marked with the new generation's number *before* anything is read, so what is marked is in the new generation; what is
  written later is not marked and stays. Marks of builds that never finished are overwritten by the next one.
* A number is never used twice, so half a build is never taken for a whole one.
* Merged changes and the old generation stay for a minute: queries that began before the switch still need them.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

from app.db.sql_helper import SqlHelper
from app.domain.book import BookFacts
from app.libs.clock import Clock, epoch
from app.libs.gc_paused import gc_paused
from app.queries.catalogue import IndexedBookQueries
from app.search.index import delta
from app.search.index.generation import GenerationMissing, Store
from app.search.index.generation_writer import GenerationWriter
from app.search.index.manifest import BuildLease, IndexManifest, read_manifest
from app.search.index.merge import Merge
from app.search.index.port import BookTerms, IndexBusy, Progress, entry_of
from app.search.index.sorted_runs import SortedRuns

KEPT_SECONDS = 60
BOOKS_PER_STEP = 1000
LISTS_PER_STEP = 2000


def _silent(step: str, done: int, total: int) -> None:
    """Report to nobody."""


class Builder:
    """Builds, switches and tidies.

    :param terms: what a book can be found by.
    :param terms_version: another one means other rules: what was built by them is outdated.
    :param directory: where sorted runs of a rebuild lie.
    :param kept_seconds: how long the past is kept after a switch.
    """

    def __init__(
        self,
        sql: SqlHelper,
        books: IndexedBookQueries,
        store: Store,
        clock: Clock,
        *,
        terms: Callable[[BookFacts], BookTerms],
        directory: Path,
        terms_version: str = "",
        kept_seconds: int = KEPT_SECONDS,
    ) -> None:
        self._sql = sql
        self._books = books
        self._store = store
        self._clock = clock
        self._terms = terms
        self._directory = directory
        self._version = terms_version
        self._kept_seconds = kept_seconds

    def rebuild(self, progress: Progress | None = None) -> None:
        """Build a generation from table `book`, going on where a killed rebuild stopped.

        :raises IndexBusy: another process is building.
        """
        report = progress or _silent
        with BuildLease(self._sql, self._clock, "rebuild") as lease, gc_paused():
            number, runs = self._runs(lease)
            self._read(runs, lease, report)
            writer = GenerationWriter(self._store.create(number))
            try:
                for book_id, version, rank_value in runs.docs():
                    writer.add_book(book_id, version, rank_value)
                self._finish(writer, runs.lists(), lease, report)
            finally:
                writer.close()
            lease.switch(number, runs.books, self._version)
            runs.remove()

    def merge(self, progress: Progress | None = None) -> None:
        """Build a generation from the live one and the changes; a rebuild if there is no live one, or it is outdated.

        :raises IndexBusy: another process is building.
        """
        report = progress or _silent
        try:
            with BuildLease(self._sql, self._clock, "merge") as lease, gc_paused():
                self._merge(lease, report)
        except GenerationMissing:
            self.rebuild(progress)

    def is_outdated(self, pointer: IndexManifest) -> bool:
        """Return whether there is a live generation that was built by other rules."""
        return bool(pointer.generation) and pointer.terms_version != self._version

    def drop_old(self) -> int:
        """Remove what no query can still be reading: merged changes and other generations. Does nothing while somebody builds."""
        try:
            with BuildLease(self._sql, self._clock, "tidy") as lease:
                return self._tidy(lease)
        except IndexBusy:
            return 0

    def _runs(self, lease: BuildLease) -> tuple[int, SortedRuns]:
        """Return the runs to go on with: a killed rebuild's if nothing was built since, else empty ones under a new number."""
        pointer = self._pointer()
        killed = self._build_path(pointer.last_number)
        if pointer.last_number > pointer.generation and killed.exists():
            return pointer.last_number, SortedRuns(killed, self._version)
        number = lease.next_number()
        delta.mark(self._sql, number, lease.confirm)
        return number, SortedRuns(self._build_path(number), self._version)

    def _read(self, runs: SortedRuns, lease: BuildLease, report: Progress) -> None:
        total = self._books.count()
        after = runs.after
        while step := self._books.list_ranked(after, BOOKS_PER_STEP):
            for book, is_offered in step:
                entry = entry_of(book, self._terms(book.facts), is_offered=is_offered)
                runs.add(entry)
            after = (entry.rank_value, entry.book_id)
            lease.beat()
            report("read", runs.books, total)
        runs.flush()

    def _merge(self, lease: BuildLease, report: Progress) -> None:
        pointer = self._pointer()
        if self.is_outdated(pointer):
            raise GenerationMissing(generation=pointer.generation)
        merge = Merge(self._sql, self._books, self._store, pointer.generation)
        number = lease.next_number()
        delta.mark(self._sql, number, lease.confirm)
        merge.read_changes(number)
        writer = GenerationWriter(self._store.create(number))
        try:
            for done in merge.renumber(writer):
                lease.beat()
                report("renumber", done, merge.books)
            self._finish(writer, merge.lists(), lease, report)
        finally:
            writer.close()
        lease.switch(number, writer.books, self._version)

    def _finish(
        self,
        writer: GenerationWriter,
        lists: Iterator[tuple[bytes, array[int]]],
        lease: BuildLease,
        report: Progress,
    ) -> None:
        for done, (key, positions) in enumerate(lists, 1):
            writer.add_list(key, positions)
            if done % LISTS_PER_STEP == 0:
                lease.beat()
                report("write", done, 0)
        writer.finish()

    def _tidy(self, lease: BuildLease) -> int:
        pointer = self._pointer()
        if epoch(self._clock.now()) - pointer.switched_at < self._kept_seconds:
            return 0
        while delta.remove_some_merged(self._sql, pointer.generation):
            lease.beat()
        old = [number for number in self._store.numbers() if number != pointer.generation]
        for number in old:
            with self._sql.transaction() as cursor:
                lease.confirm(cursor)
            self._store.drop(number)
        for path in self._directory.glob("build-*"):
            if path != self._build_path(pointer.last_number) or pointer.last_number == pointer.generation:
                SortedRuns(path).remove()
        return len(old)

    def _pointer(self) -> IndexManifest:
        with self._sql as cursor:
            return read_manifest(cursor)

    def _build_path(self, number: int) -> Path:
        return self._directory / f"build-{number:06d}"
