"""The index while processes write, build and die."""

from __future__ import annotations

import random
import signal
import time
from multiprocessing import get_context
from pathlib import Path

import pytest

from app.libs.clock import SystemClock
from app.models.search_index import SearchChange
from app.search.index.manifest import BuildLease
from app.search.index.port import IndexBusy, IndexUnavailable
from tests.soak.scale import scaled
from tests.support.index_fixture import IndexFixture, plan_of
from tests.support.index_stress import NAMES, WORDS, Death, die, keep_building, opened, write
from tests.support.rows import count_rows

SPAWN = get_context("spawn")
POINTER = "app.search.index.manifest:BuildLease."
DELTA = "app.search.index.delta:"
RUNS = "app.search.index.sorted_runs:SortedRuns."
ASSEMBLER = "app.search.index.generation_writer:GenerationWriter."
MERGE = "app.search.index.merge:Merge."
DEATHS: list[Death] = [
    ("rebuild", POINTER + "next_number", "after", "1"),
    ("rebuild", DELTA + "mark", "after", "1"),
    ("rebuild", RUNS + "_save", "before", "1"),
    ("rebuild", RUNS + "_save", "after", "1"),
    ("rebuild", RUNS + "_save", "before", "2"),
    ("rebuild", RUNS + "lists", "before", "1"),
    ("rebuild", ASSEMBLER + "add_list", "before", "5"),
    ("rebuild", ASSEMBLER + "finish", "before", "1"),
    ("rebuild", ASSEMBLER + "finish", "after", "1"),
    ("rebuild", POINTER + "switch", "after", "1"),
    ("rebuild", RUNS + "remove", "after", "1"),
    ("merge", POINTER + "next_number", "after", "1"),
    ("merge", DELTA + "mark", "after", "1"),
    ("merge", MERGE + "read_changes", "after", "1"),
    ("merge", ASSEMBLER + "add_list", "before", "5"),
    ("merge", ASSEMBLER + "finish", "after", "1"),
    ("merge", POINTER + "switch", "after", "1"),
    ("drop_old_generations", DELTA + "remove_some_merged", "after", "1"),
    ("drop_old_generations", RUNS + "remove", "before", "1"),
]


def is_right(index_fixture: IndexFixture, rng: random.Random) -> None:
    """Compare some answers with a scan of the table, both in one snapshot."""
    pair = rng.sample(WORDS, 2)
    with index_fixture.sql:
        scan = index_fixture.scan(*pair)
        found = index_fixture.find(" ".join(pair), limit=len(NAMES))
        one = index_fixture.find(pair[0], limit=len(NAMES))
        only = index_fixture.scan(pair[0])
        can_be_had = index_fixture.find(pair[0], limit=len(NAMES), having=("g",))
        offered = index_fixture.offered()
    assert set(can_be_had) == only & offered
    assert set(one[: len(can_be_had)]) == set(can_be_had), "books that can be had come first"
    assert len(found) == len(set(found))
    assert set(found) == scan
    assert set(one) == only


@pytest.mark.slow
@pytest.mark.timeout(scaled(600))
def test_ten_thousand_changes_from_three_processes_never_make_it_wrong(any_database_url, data_dir: Path):
    stop, built = SPAWN.Event(), SPAWN.Value("i", 0)
    share = scaled(10_000) // 3 + 1
    writers = [
        SPAWN.Process(target=write, args=(data_dir, any_database_url, seed, share), daemon=True) for seed in range(3)
    ]
    builder = SPAWN.Process(target=keep_building, args=(data_dir, any_database_url, stop, built), daemon=True)
    rng = random.Random(5)
    checks = 0
    with opened(data_dir, any_database_url) as index_fixture:
        index_fixture.index.rebuild()
        for process in (*writers, builder):
            process.start()
        while any(process.is_alive() for process in writers):
            is_right(index_fixture, rng)
            checks += 1
            time.sleep(0.02)
        stop.set()
        for process in (*writers, builder):
            process.join(30)
        assert [process.exitcode for process in (*writers, builder)] == [0, 0, 0, 0]
        for _ in range(100):
            is_right(index_fixture, rng)
        index_fixture.index.rebuild()
        for _ in range(100):
            is_right(index_fixture, rng)
    assert checks > 50
    assert built.value >= 3


@pytest.fixture
def furnished(any_database_url, data_dir: Path):
    """Yield an index with books in the live generation, changed ones in the delta, and deleted ones."""
    rng = random.Random(3)
    with opened(data_dir, any_database_url, kept_seconds=0) as index_fixture:
        for name in NAMES[:60]:
            index_fixture.put(name, " ".join(rng.sample(WORDS, 3)), popularity=rng.randint(0, 9))
        index_fixture.index.rebuild()
        for name in NAMES[40:90]:
            index_fixture.put(name, " ".join(rng.sample(WORDS, 2)), popularity=rng.randint(0, 9))
        for name in NAMES[20:60]:
            index_fixture.offer(name)
        for name in NAMES[30:45]:
            index_fixture.remove(name)
        for name in NAMES[45:50]:
            index_fixture.take(name)
        yield index_fixture


@pytest.mark.parametrize("death", DEATHS, ids=" ".join)
def test_a_kill_at_any_point_is_healed(furnished: IndexFixture, any_database_url, data_dir: Path, death: Death):
    action, where, *_ = death
    if action == "drop_old_generations":
        furnished.index.merge()
    if "Runs" in where and action != "rebuild":
        (data_dir / "search" / "build-000001").mkdir(parents=True)
    victim = SPAWN.Process(target=die, args=(data_dir, any_database_url, death))
    victim.start()
    victim.join()
    assert victim.exitcode == -signal.SIGKILL, "make sure the point is reached"
    rng = random.Random(1)
    for _ in range(20):
        is_right(furnished, rng)
    furnished.put(NAMES[399], "river stone")
    furnished.remove(NAMES[50])
    furnished.index.merge() if action == "merge" else furnished.index.rebuild()
    for _ in range(20):
        is_right(furnished, rng)
    furnished.index.merge()
    furnished.index.drop_old_generations()
    status = furnished.index.status()
    assert (status.state, status.waiting, status.busy_with) == ("ready", 0, "")
    assert furnished.index._store.numbers() == {status.generation}
    assert list((data_dir / "search").glob("build-*")) == []
    assert count_rows(SearchChange) == 0
    for _ in range(20):
        is_right(furnished, rng)


def test_a_killed_rebuild_goes_on_where_it_stopped(
    furnished: IndexFixture, any_database_url, data_dir: Path, monkeypatch
):
    victim = SPAWN.Process(target=die, args=(data_dir, any_database_url, ("rebuild", RUNS + "_save", "after", "3")))
    victim.start()
    victim.join()
    read = []
    real = furnished.index._builder._terms
    monkeypatch.setattr(furnished.index._builder, "_terms", lambda facts: read.append(facts) or real(facts))
    furnished.index.rebuild()
    assert 0 < len(read) < len(furnished.scan()) - 20


def test_only_one_process_builds_at_a_time(furnished: IndexFixture):
    with BuildLease(furnished.sql, SystemClock(), "merge"):
        for action in (furnished.index.rebuild, furnished.index.merge):
            with pytest.raises(IndexBusy):
                action()
        assert furnished.index.drop_old_generations() == 0
        assert furnished.index.status().busy_with == "merge"
    furnished.index.merge()


def test_a_missing_generation_is_reported_and_rebuilt_by_a_merge(furnished: IndexFixture):
    status = furnished.index.status()
    furnished.index._store.drop(status.generation)
    assert furnished.index.status().state == "missing"
    with pytest.raises(IndexUnavailable):
        furnished.index.candidates([plan_of("river")], limit=5)
    furnished.index.merge()
    assert furnished.index.status().state == "ready"
    is_right(furnished, random.Random(2))


def test_books_that_can_be_had_stay_in_front_when_all_is_merged_and_tidied(any_database_url, data_dir: Path):
    with opened(data_dir, any_database_url, kept_seconds=0) as index_fixture:
        index_fixture.put("1", "river", popularity=9)
        index_fixture.put("2", "river")
        index_fixture.offer("2")
        index_fixture.index.rebuild()
        for name, popularity in (("3", 5), ("4", 9)):
            index_fixture.put(name, "river", popularity=popularity)
            index_fixture.index.merge()
            index_fixture.index.drop_old_generations()
        assert index_fixture.find("river") == ["2", "4", "1", "3"]
        index_fixture.take("2")
        index_fixture.index.merge()
        index_fixture.index.drop_old_generations()
        assert index_fixture.find("river") == ["4", "1", "3", "2"]
