"""Bulk imports: a file of any size into the catalogue and its index, in small transactions that survive a kill."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, fields, replace
from itertools import islice
from pathlib import Path

from app.db.sql_helper import SqlHelper
from app.domain.book_entry import NotABookEntry
from app.domain.errors import Refusal
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.libs.locks import locked
from app.models.book import ImportRun
from app.search.index.port import Index, IndexBusy, IndexStatus, Progress
from app.services.catalogue.book_matching import may_be_same
from app.services.catalogue.bookfiles import BookFile, Format, open_book_file
from app.services.catalogue.bookfiles.open_library import AuthorNames, no_author_names
from app.services.catalogue.bookfiles.rows import Accepted, FileRow, Rejected, Skipped
from app.services.catalogue.bookfiles.streams import fingerprint
from app.services.catalogue.bookfiles.writing import RejectsFile
from app.services.catalogue.catalogue import Catalogue, StoreOutcome
from app.services.catalogue.import_progress import FileReading, ImportProgress, ImportState
from app.services.unit_of_work import UseCases

#: Rows of one transaction: with index entries, and without (writing them is what takes the time).
BATCH_INDEXED = 100
BATCH_BARE = 500
#: How many times the cap of waiting entries an import may write before it merges them on the way: each process that searches holds them in memory.
CAPS_UNTIL_MERGE = 5


class IndexLoad:
    """What an import does to the index: entry by entry while it is small, then bare, with a rebuild at the end.

    A changed book always gets its entry at once, or it could not be found until then; when very many have come
    together, they are merged on the way.
    """

    def __init__(self, status: IndexStatus, cap: int, *, bare: bool) -> None:
        self._cap = cap
        self._waiting = status.waiting
        self._most_waiting = CAPS_UNTIL_MERGE * cap
        self.bare = bare or status.state != "ready"

    @property
    def batch_size(self) -> int:
        """How many rows the next transaction takes."""
        return BATCH_BARE if self.bare else BATCH_INDEXED

    def is_full_after(self, before: ImportState, after: ImportState) -> bool:
        """Count the entries that a batch has written; tell whether they should be merged now."""
        self._waiting += after.changed - before.changed + (0 if self.bare else after.new - before.new)
        self.bare = self.bare or self._waiting >= self._cap
        if self._waiting < self._most_waiting:
            return False
        self._waiting = 0
        return True


#: So many books of an import are indexed one by one as they come, to be found at once.
DELTA_CAP = 10_000
BUSY_PAUSE_SECONDS = 1.0
PAUSE_SECONDS = 0.05


class ImportOvertaken(Refusal):
    """Another process has gone on with the import of this very file."""

    zh = "另一个进程正在导入这个文件"
    en = "another process is importing this very file"


class OtherTitle(NotABookEntry):
    """The ISBN is that of a book whose title has nothing in common with the row's."""

    zh = "这个 ISBN 在书库里是《{known}》，这一行写的是《{said}》"
    en = "the catalogue has “{known}” under this ISBN, the row says “{said}”"


_STATE = tuple(each.name for each in fields(ImportState))


class CatalogueImports:
    """Import files of books, and mend what a killed import left behind.

    :param lock: a file that one importer at a time holds.
    :param delta_cap: beyond so many changes that wait for a merge, new books are indexed by a rebuild at the end.
    """

    def __init__(
        self,
        sql: SqlHelper,
        catalogue: Catalogue,
        index: Index,
        clock: Clock,
        *,
        lock: Path,
        delta_cap: int = DELTA_CAP,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sql = sql
        self._catalogue = catalogue
        self._index = index
        self._clock = clock
        self._lock = lock
        self._delta_cap = delta_cap
        self._wait = wait

    def run(
        self,
        path: Path,
        progress: ImportProgress,
        *,
        format_: Format | None = None,
        rejects: Path | None = None,
        restart: bool = False,
        author_names: AuthorNames = no_author_names,
    ) -> ImportState:
        """Import a file, from where an interrupted import of it stopped, and index it; say what became of its rows.

        :param rejects: where refused rows are written; without it they are only counted.
        :param restart: begin at the first row, even if some were done before.
        :raises LockHeldError: when another import runs here. :raises OSError: when the file cannot be read.
        :raises Refusal: when the file is empty, damaged, or does not name its columns.
        """
        with locked(self._lock), open_book_file(path, format_=format_, author_names=author_names) as file:
            run_id, state = self._begin(path, restart=restart)
            progress.begins(state, file.stream.size)
            with _rejects_file(rejects, file, state) as refused:
                state = self._read(file, run_id, state, progress, refused)
            if state.unindexed:
                self.rebuild(progress.indexes)
                state = replace(state, unindexed=0)
            self._checkpoint(run_id, state, state, finished=1)
        return state

    def rebuild(self, progress: Progress | None = None) -> None:
        """Build the index from the whole catalogue, and note that no import has books left out of it.

        While another process builds it, wait: what that one read may be older than what must be found.
        """
        seen = self._sql.fetchall("SELECT id, rows_read FROM import_run WHERE unindexed = 1")
        self._build(self._index.rebuild, progress)
        with db.auto_commit():
            self._sql.execute_many(
                "UPDATE import_run SET unindexed = 0 WHERE id = :id AND rows_read = :rows_read",
                [{"id": run_id, "rows_read": rows_read} for run_id, rows_read in seen],
            )

    def _build(self, build: Callable[[Progress | None], object], progress: Progress | None) -> None:
        """Do a rebuild or a merge, if need be after another process's."""
        while True:
            try:
                build(progress)
            except IndexBusy:
                if progress:
                    progress("waiting for another process", 0, 0)
                self._wait(BUSY_PAUSE_SECONDS)
            else:
                return

    def needs_rebuild(self) -> bool:
        """Return whether there are books that the index does not know of."""
        if self._sql.fetchone("SELECT id FROM book LIMIT 1") is None:
            return False
        unindexed = self._sql.fetchone("SELECT id FROM import_run WHERE unindexed = 1 LIMIT 1")
        return unindexed is not None or self._index.status().state != "ready"

    def list_interrupted(self) -> list[tuple[str, int]]:
        """Return the file's name and the number of rows done of each import that did not come to its end."""
        found = self._sql.fetchall("SELECT name, rows_read FROM import_run WHERE finished = 0 ORDER BY id")
        return [(name, rows_read) for name, rows_read in found]

    def is_interrupted(self, path: Path) -> bool:
        """Return whether an import of this very file was begun and did not come to its end."""
        begun = "SELECT id FROM import_run WHERE fingerprint = :fingerprint AND finished = 0"
        return self._sql.fetchone(begun, {"fingerprint": fingerprint(path)}) is not None

    def _begin(self, path: Path, *, restart: bool) -> tuple[int, ImportState]:
        """Find the interrupted run of this file, or make a new one; a finished one begins again."""
        mark = fingerprint(path)
        with db.auto_commit() as session:
            run = ImportRun.query.filter_by(fingerprint=mark).first()
            if run is None:
                run = ImportRun(fingerprint=mark, finished=0, **asdict(ImportState()))
                session.add(run)
            elif run.finished or restart:
                run.set_attrs(asdict(ImportState(unindexed=run.unindexed)), allowed=_STATE)
                run.finished = 0
            run.name = os.fsencode(path.name).decode("utf-8", "replace")[:255]
            run.update_time = epoch(self._clock.now())
            session.flush()
            return run.id, ImportState(**{name: getattr(run, name) for name in _STATE})

    def _read(
        self, file: BookFile, run_id: int, state: ImportState, progress: ImportProgress, rejects: RejectsFile | None
    ) -> ImportState:
        rows = file.content.rows(skip=state.rows_read)
        index = IndexLoad(self._index.status(), self._delta_cap, bare=bool(state.unindexed))
        shortened = 0
        while batch := list(islice(rows, index.batch_size)):
            shortened += sum(isinstance(row, Accepted) and bool(row.shortened) for row in batch)
            before, state = state, self._take(batch, run_id, state, rejects, index_new=not index.bare)
            progress.reads(state, file.stream.position())
            if index.is_full_after(before, state):
                self._build(self._index.merge, progress.indexes)
        progress.was_read(FileReading(file.encoding, file.content.unknown, shortened, file.stream.unreadable))
        return state

    def _take(
        self, batch: Sequence[FileRow], run_id: int, state: ImportState, rejects: RejectsFile | None, *, index_new: bool
    ) -> ImportState:
        """Store a batch of rows, write down those that are refused, and move the checkpoint behind them, in one use case.

        A batch that must be repeated is written down from where it began, so that nothing is listed or counted twice.
        """
        accepted = [row for row in batch if isinstance(row, Accepted)]
        aliases = {row.facts: row.aliases for row in accepted if row.aliases}
        facts = [row.facts for row in accepted]
        books = self._catalogue.prepare(facts, aliases=aliases, index_new=index_new, is_same=may_be_same)
        start = rejects.size() if rejects else 0

        def work() -> ImportState:
            outcome = self._catalogue.store_prepared(books)
            rejected = [row for row in batch if isinstance(row, Rejected)] + _refused(accepted, outcome)
            if rejects:
                rejects.rewind(start)
                rejects.add(sorted(rejected, key=lambda row: row.number))
            after = replace(
                state,
                rows_read=state.rows_read + len(batch),
                new=state.new + outcome.new,
                changed=state.changed + outcome.changed,
                unchanged=state.unchanged + outcome.unchanged,
                rejected=state.rejected + len(rejected),
                skipped=state.skipped + sum(isinstance(row, Skipped) for row in batch),
                rejects_size=rejects.size() if rejects else state.rejects_size,
                unindexed=int(bool(state.unindexed) or (not index_new and outcome.new > 0)),
            )
            self._checkpoint(run_id, state, after)
            return after

        return UseCases(self._clock, pause=PAUSE_SECONDS, wait=self._wait).run(work)

    def _checkpoint(self, run_id: int, before: ImportState, after: ImportState, *, finished: int = 0) -> None:
        with db.auto_commit() as session:
            run = session.get_one(ImportRun, run_id, with_for_update=True)
            if run.rows_read != before.rows_read or run.finished:
                raise ImportOvertaken
            run.set_attrs(asdict(after) | {"finished": finished}, allowed=(*_STATE, "finished"))
            run.update_time = epoch(self._clock.now())


def _refused(rows: Sequence[Accepted], outcome: StoreOutcome) -> list[Rejected]:
    """Return the rows whose facts were refused because the catalogue has quite another book under their number."""
    titles = {id(each.facts): each.known_title for each in outcome.refused}
    return [
        Rejected(row.number, OtherTitle(known=titles[id(row.facts)], said=row.facts.title), row.cells())
        for row in rows
        if id(row.facts) in titles
    ]


def _rejects_file(path: Path | None, file: BookFile, state: ImportState) -> AbstractContextManager[RejectsFile | None]:
    return RejectsFile(path, file.content.header, size=state.rejects_size) if path else nullcontext()
