"""Bulk imports: every row has a fate, a killed one goes on where it stopped, doing one twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pymysql
import pytest
from flask import Flask

from app.container import container
from app.libs.locks import LockHeldError, locked
from app.search.index.port import IndexBusy, IndexEntry
from app.services.catalogue.bookfiles.streams import FileDamaged
from app.services.catalogue.catalogue import Catalogue
from app.services.catalogue.catalogue_import import BATCH_INDEXED, CatalogueImports, ImportOvertaken
from app.services.catalogue.import_progress import ImportState
from tests.support.import_files import BAD, GOOD, KilledError, Watcher, write_books
from tests.support.index_fake import RecordingIndex, title_terms


@pytest.fixture
def index() -> RecordingIndex:
    return RecordingIndex()


@pytest.fixture
def in_app(any_database_app: Flask) -> Iterator[None]:
    with any_database_app.app_context():
        yield


def make_imports(index: RecordingIndex, folder: Path, *, cap: int = 10_000) -> CatalogueImports:
    """Build the importer as the container does, on an index that remembers."""
    catalogue = Catalogue(container.core.sql, index, title_terms, container.core.clock)
    return CatalogueImports(
        container.core.sql, catalogue, index, container.core.clock, lock=folder / "import.lock", delta_cap=cap
    )


def test_every_row_has_exactly_one_fate(in_app: None, index: RecordingIndex, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    watcher = Watcher()
    state = make_imports(index, tmp_path).run(write_books(tmp_path / "b.csv"), watcher, rejects=rejects)
    assert (state.new, state.rejected, state.changed, state.unchanged, state.skipped) == (GOOD, BAD, 0, 0, 0)
    assert state.rows_read == GOOD + BAD
    assert container.catalogue.books.count() == GOOD
    assert len(index.entries) == GOOD
    assert len(rejects.read_text("utf-8").splitlines()) == BAD + 1
    assert [each.rows_read for each in watcher.states] == [100, 200, 260]


def test_doing_it_twice_changes_nothing(in_app: None, index: RecordingIndex, tmp_path: Path) -> None:
    path = write_books(tmp_path / "b.csv")
    imports = make_imports(index, tmp_path)
    imports.run(path, Watcher())
    again = imports.run(path, Watcher())
    assert (again.new, again.changed, again.unchanged, again.rejected) == (0, 0, GOOD, BAD)
    assert len(index.entries) == GOOD


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_a_killed_import_goes_on_where_it_stopped(
    in_app: None, index: RecordingIndex, tmp_path: Path, batches: int
) -> None:
    path, rejects = write_books(tmp_path / "b.csv"), tmp_path / "rejects.csv"
    with pytest.raises(KilledError):
        make_imports(index, tmp_path).run(path, Watcher(kill_after=batches), rejects=rejects)
    assert make_imports(index, tmp_path).list_interrupted() == [("b.csv", min(batches * BATCH_INDEXED, 260))]

    rejects.write_text(rejects.read_text("utf-8") + "written after the checkpoint\n", "utf-8")
    watcher = Watcher()
    state = make_imports(index, tmp_path).run(path, watcher, rejects=rejects)
    assert watcher.begun[0].rows_read == min(batches * BATCH_INDEXED, 260)
    assert (state.rows_read, state.new, state.rejected, state.unchanged) == (GOOD + BAD, GOOD, BAD, 0)
    assert container.catalogue.books.count() == GOOD
    assert len(rejects.read_text("utf-8").splitlines()) == BAD + 1
    assert make_imports(index, tmp_path).list_interrupted() == []


def test_restart_begins_at_the_first_row(in_app: None, index: RecordingIndex, tmp_path: Path) -> None:
    path = write_books(tmp_path / "b.csv")
    with pytest.raises(KilledError):
        make_imports(index, tmp_path).run(path, Watcher(kill_after=1))
    state = make_imports(index, tmp_path).run(path, Watcher(), restart=True)
    assert (state.rows_read, state.new + state.unchanged, state.rejected) == (GOOD + BAD, GOOD, BAD)


def test_above_the_cap_books_stay_out_of_the_index_until_the_rebuild_at_the_end(
    in_app: None, index: RecordingIndex, tmp_path: Path
) -> None:
    seen: list[int] = []
    index.on_rebuild = lambda: seen.append(len(index.entries))
    watcher = Watcher()
    make_imports(index, tmp_path, cap=150).run(write_books(tmp_path / "b.csv", good=1_500), watcher)
    assert seen == [190]
    assert index.rebuilds == 1
    assert watcher.steps == ["books"]
    assert not make_imports(index, tmp_path).needs_rebuild()


def test_an_index_that_was_never_built_gets_one_rebuild_and_no_entries(in_app: None, tmp_path: Path) -> None:
    index = RecordingIndex(state="empty")
    make_imports(index, tmp_path).run(write_books(tmp_path / "b.csv"), Watcher())
    assert (index.rebuilds, index.entries) == (1, [])


def test_books_that_a_kill_left_out_of_the_index_are_remembered(in_app: None, tmp_path: Path) -> None:
    index = RecordingIndex(state="empty")
    path = write_books(tmp_path / "b.csv", good=1_500)
    with pytest.raises(KilledError):
        make_imports(index, tmp_path).run(path, Watcher(kill_after=1))
    index.rebuild()
    imports = make_imports(index, tmp_path)
    assert imports.needs_rebuild()
    imports.rebuild()
    assert not imports.needs_rebuild()
    imports.run(path, Watcher())
    assert container.catalogue.books.count() == 1_500
    assert not imports.needs_rebuild()


def test_a_rebuild_during_an_import_does_not_vouch_for_what_came_after_it(in_app: None, tmp_path: Path) -> None:
    index = RecordingIndex(state="empty")
    imports = make_imports(index, tmp_path)
    with pytest.raises(KilledError):
        imports.run(write_books(tmp_path / "b.csv", good=1_500), Watcher(kill_after=1))

    def import_more() -> None:
        index.on_rebuild = lambda: None
        with pytest.raises(KilledError):
            imports.run(tmp_path / "b.csv", Watcher(kill_after=1))

    index.on_rebuild = import_more
    imports.rebuild()
    assert imports.needs_rebuild()


def test_changed_books_get_their_entries_at_once_and_are_merged_when_they_are_many(
    in_app: None, index: RecordingIndex, tmp_path: Path
) -> None:
    write_books(tmp_path / "old.csv", good=1_200)
    make_imports(index, tmp_path).run(tmp_path / "old.csv", Watcher())
    index.entries.clear()
    at_merge: list[int] = []
    index.on_merge = lambda: at_merge.append(len(index.entries))
    write_books(tmp_path / "new.csv", good=1_200, title="Another title")
    state = make_imports(index, tmp_path, cap=50).run(tmp_path / "new.csv", Watcher())
    assert (state.changed, state.new) == (1_200, 0)
    assert (at_merge, index.rebuilds) == ([590, 500], 0)
    assert len(index.entries) == 110


def test_a_second_importer_is_told_to_wait(in_app: None, index: RecordingIndex, tmp_path: Path) -> None:
    with locked(tmp_path / "import.lock"), pytest.raises(LockHeldError) as held:
        make_imports(index, tmp_path).run(write_books(tmp_path / "b.csv"), Watcher())
    assert held.value.holder.isdecimal()


def test_two_machines_that_import_one_file_do_not_count_its_rows_twice(
    in_app: None, index: RecordingIndex, tmp_path: Path
) -> None:
    path = write_books(tmp_path / "b.csv")
    (tmp_path / "elsewhere").mkdir()

    class Other(Watcher):
        def reads(self, state: ImportState, position: int) -> None:
            super().reads(state, position)
            if len(self.states) == 1:
                make_imports(index, tmp_path / "elsewhere").run(path, Watcher())

    with pytest.raises(ImportOvertaken):
        make_imports(index, tmp_path).run(path, Other())
    assert container.catalogue.books.count() == GOOD


def test_a_file_that_was_cut_short_is_imported_as_far_as_it_goes_and_can_go_on(
    in_app: None, index: RecordingIndex, tmp_path: Path
) -> None:
    import gzip

    whole = gzip.compress(write_books(tmp_path / "b.csv", good=3_000).read_bytes())
    cut = tmp_path / "b.csv.gz"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileDamaged):
        make_imports(index, tmp_path).run(cut, Watcher())
    assert 0 < container.catalogue.books.count() < 3_000
    cut.write_bytes(whole)
    state = make_imports(index, tmp_path).run(cut, Watcher())
    assert container.catalogue.books.count() == 3_000
    assert state.new + state.unchanged == 3_000


def test_counts_of_a_state_always_add_up(in_app: None, index: RecordingIndex, tmp_path: Path) -> None:
    watcher = Watcher()
    make_imports(index, tmp_path, cap=100).run(write_books(tmp_path / "b.csv", good=700, bad=90), watcher)
    for state in watcher.states:
        assert state.rows_read == sum((state.new, state.changed, state.unchanged, state.rejected, state.skipped))
    assert replace(watcher.states[-1], unindexed=0).rows_read == 790


def test_a_rebuild_waits_for_another_process_that_builds(in_app: None, index: RecordingIndex, tmp_path: Path) -> None:
    attempts: list[str] = []

    def be_busy() -> None:
        attempts.append("busy")
        if len(attempts) < 3:
            raise IndexBusy("merge")

    index.on_rebuild = be_busy
    catalogue = Catalogue(container.core.sql, index, title_terms, container.core.clock)
    waits: list[float] = []
    imports = CatalogueImports(
        container.core.sql, catalogue, index, container.core.clock, lock=tmp_path / "lock", wait=waits.append
    )
    watcher = Watcher()
    imports.rebuild(watcher.indexes)
    assert (index.rebuilds, len(waits)) == (1, 2)
    assert watcher.steps == ["waiting for another process"] * 2 + ["books"]


@pytest.mark.parametrize("failures", [1, 3])
def test_a_deadlock_repeats_the_batch_and_counts_its_rows_once(
    in_app: None, index: RecordingIndex, tmp_path: Path, failures: int
) -> None:
    left = [failures]

    class Unlucky(RecordingIndex):
        def add(self, entries: Sequence[IndexEntry]) -> None:
            super().add(entries)
            if left[0]:
                left[0] -= 1
                raise pymysql.OperationalError(1213, "Deadlock found when trying to get lock")

    waits: list[float] = []
    unlucky = Unlucky()
    imports = CatalogueImports(
        container.core.sql,
        Catalogue(container.core.sql, unlucky, title_terms, container.core.clock),
        unlucky,
        container.core.clock,
        lock=tmp_path / "lock",
        wait=waits.append,
    )
    rejects = tmp_path / "rejects.csv"
    state = imports.run(write_books(tmp_path / "b.csv"), Watcher(), rejects=rejects)
    assert (state.new, state.rejected, len(waits)) == (GOOD, BAD, failures)
    assert container.catalogue.books.count() == GOOD
    assert len(rejects.read_text("utf-8").splitlines()) == BAD + 1


def test_an_error_that_repeating_does_not_mend_ends_the_import(in_app: None, tmp_path: Path) -> None:
    class Broken(RecordingIndex):
        def add(self, entries: Sequence[IndexEntry]) -> None:
            raise pymysql.OperationalError(1054, "Unknown column")

    with pytest.raises(pymysql.OperationalError, match="1054"):
        make_imports(Broken(), tmp_path).run(write_books(tmp_path / "b.csv"), Watcher())
    assert container.catalogue.books.count() == 0
