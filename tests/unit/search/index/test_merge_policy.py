"""When the worker merges the search index."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from app.libs.clock import FrozenClock, epoch
from app.search.index.merge import MERGED_AFTER_SECONDS, MERGED_AT_MOST, MERGED_AT_ONCE, MergePolicy
from app.search.index.port import IndexBusy, IndexStatus

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
READY = IndexStatus(
    state="ready", generation=3, books=9, built_at=epoch(NOON), waiting=0, busy_with="", bytes_on_disk=0
)
LARGE = replace(READY, books=500_000)


@dataclass
class IndexSpy:
    reported: IndexStatus
    is_busy: bool = False
    calls: list[str] = field(default_factory=list)

    def status(self):
        return self.reported

    def drop_old_generations(self):
        self.calls.append("drop")
        return 0

    def rebuild(self):
        self.calls.append("rebuild")

    def merge(self):
        self.calls.append("merge")
        if self.is_busy:
            raise IndexBusy


@pytest.mark.parametrize(
    ("status", "age_seconds", "calls"),
    [
        pytest.param(READY, MERGED_AFTER_SECONDS, ["drop"], id="nothing waits"),
        pytest.param(replace(READY, waiting=1), 10, ["drop"], id="one change waits, not for long"),
        pytest.param(
            replace(READY, waiting=1), MERGED_AFTER_SECONDS, ["drop", "merge"], id="one change waits for long"
        ),
        pytest.param(replace(READY, waiting=MERGED_AT_ONCE), 10, ["drop", "merge"], id="many changes wait"),
        pytest.param(replace(LARGE, waiting=4_999), 10, ["drop"], id="many for a small catalogue wait in a large one"),
        pytest.param(replace(LARGE, waiting=5_000), 10, ["drop", "merge"], id="many for a large catalogue wait"),
        pytest.param(replace(LARGE, waiting=1), 4_999, ["drop"], id="one waits for long for a small catalogue"),
        pytest.param(
            replace(LARGE, waiting=1), 5_000, ["drop", "merge"], id="one waits for long for a large catalogue"
        ),
        pytest.param(
            replace(LARGE, books=10**8, waiting=MERGED_AT_MOST), 10, ["drop", "merge"], id="more wait in no catalogue"
        ),
        pytest.param(replace(READY, is_outdated=True), 10, ["drop", "merge"], id="the index is outdated"),
        pytest.param(replace(READY, state="empty", waiting=MERGED_AT_ONCE), 10, ["drop"], id="there is no index yet"),
        pytest.param(replace(READY, state="missing"), 10, ["drop", "rebuild"], id="its files are gone or damaged"),
    ],
)
def test_changes_are_merged_when_many_wait_or_one_waits_long(status, age_seconds, calls):
    index = IndexSpy(status)
    MergePolicy(index, FrozenClock(NOON + timedelta(seconds=age_seconds))).run()
    assert index.calls == calls


def test_a_merge_that_another_process_does_is_left_to_it():
    index = IndexSpy(replace(READY, waiting=MERGED_AT_ONCE), is_busy=True)
    MergePolicy(index, FrozenClock(NOON)).run()
    assert index.calls == ["drop", "merge"]
