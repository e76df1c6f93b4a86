"""When the rules change by which books get their terms, the old index answers until a new one is built."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

import pytest

from app.domain.book import BookFacts
from app.libs.clock import SystemClock
from app.search.index.merge import MergePolicy
from app.search.index.port import BookTerms
from tests.support.index_fixture import IndexFixture, posting_index, terms_of
from tests.support.index_stress import die, opened

SPAWN = get_context("spawn")


@pytest.fixture
def index_fixture(any_database_url, data_dir: Path) -> Iterator[IndexFixture]:
    with opened(data_dir, any_database_url, kept_seconds=0) as index_fixture:
        index_fixture.put("1", "river stone", popularity=3)
        index_fixture.put("2", "river", popularity=1)
        index_fixture.offer("2")
        index_fixture.index.rebuild()
        index_fixture.put("3", "river cloud")
        yield index_fixture


def newer(index_fixture: IndexFixture, data_dir: Path) -> IndexFixture:
    """Return the index of the next version of the program, whose terms of words begin otherwise."""

    def terms(facts: BookFacts) -> BookTerms:
        return BookTerms(words=frozenset(term.replace("w", "wx", 1) for term in terms_of(facts).words))

    index = posting_index(
        index_fixture.sql, data_dir / "search", SystemClock(), kept_seconds=0, terms=terms, terms_version="newer"
    )
    return IndexFixture(index_fixture.app, index_fixture.sql, index, terms)


def test_an_index_of_today_is_not_outdated(index_fixture):
    assert not index_fixture.index.status().is_outdated


def test_the_old_generation_answers_until_the_upkeep_has_built_a_new_one(index_fixture, data_dir):
    now = newer(index_fixture, data_dir)
    status = now.index.status()
    assert (status.state, status.is_outdated) == ("ready", True)
    assert index_fixture.find("river") == ["2", "1", "3"], "what the old words find is still there"
    now.put("4", "river", popularity=2)
    assert now.find("xriver") == ["4"], "what is written from now on has the new words"
    MergePolicy(now.index, SystemClock()).run()
    status = now.index.status()
    assert (status.is_outdated, status.waiting, status.books) == (False, 0, 4)
    assert now.find("xriver") == ["2", "1", "4", "3"]
    now.index.drop_old_generations()
    assert now.find("river") == [], "no old word is left, in the generation or next to it"
    assert now.find("xriver", having=("g",)) == ["2"]
    assert now.index.count([("wxriver",)]).value == 4


def test_a_merge_never_mixes_old_words_with_new_ones(index_fixture, data_dir):
    now = newer(index_fixture, data_dir)
    now.index.merge()
    now.index.drop_old_generations()
    assert now.find("xriver") == ["2", "1", "3"]
    assert now.find("river") == []


def test_a_rebuild_that_an_older_version_began_is_not_gone_on_with(index_fixture, any_database_url, data_dir):
    death = ("rebuild", "app.search.index.sorted_runs:SortedRuns._save", "after", "1")
    victim = SPAWN.Process(target=die, args=(data_dir, any_database_url, death))
    victim.start()
    victim.join()
    assert victim.exitcode == -signal.SIGKILL
    now = newer(index_fixture, data_dir)
    now.index.rebuild()
    now.index.drop_old_generations()
    assert now.find("xriver") == ["2", "1", "3"]
    assert now.find("river") == []
    assert list((data_dir / "search").glob("build-*")) == []
