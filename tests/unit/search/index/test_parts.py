"""The small parts of the posting index: lists and shards, the doc map, the cache, runs, the walk."""

import random
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.libs.caches import TwoGenerationCache
from app.search.index import codec, posting_list
from app.search.index import sorted_runs as runs_module
from app.search.index.evaluator import QueryEvaluator
from app.search.index.generation import Generation
from app.search.index.memory_delta import SequenceTracker
from app.search.index.port import BookTerms, IndexEntry
from app.search.index.sorted_runs import SortedRuns
from app.search.index.sqlite_store import ROWS_PER_STATEMENT, SqliteStore


@pytest.mark.parametrize(
    ("position", "shard"), [(0, 0), (65_535, 0), (65_536, 1), (131_071, 1), (131_072, 2), (262_144, 3), (2**24, 9)]
)
def test_shards_double_in_width(position: int, shard: int):
    assert posting_list.shard_of(position) == shard
    assert position < posting_list.shard_end(shard)
    assert position in posting_list.shard_range(shard)


@pytest.mark.parametrize("step", [1, 7, 300, 9_999])
def test_a_long_list_comes_back_from_its_head_and_shards(step: int):
    positions = array("I", range(5, 1_000_000, step))
    data, rows = posting_list.store(positions, 40)
    posting = posting_list.read_head(len(positions), data)
    assert (posting.count, posting.first) == (len(positions), 5)
    if posting.whole is not None:
        assert rows == []
        assert posting.whole.to_array() == positions
        return
    found = array("I")
    for number, part in rows:
        assert posting.has_shard(number - posting.base)
        found += codec.decode(part).to_array()
    assert found == positions
    assert posting.shards == posting_list.shard_of(positions[-1]) + 1
    assert len(data) <= posting_list.LONGEST_HEAD


def test_a_shard_without_positions_has_no_row():
    positions = array("I", [*range(2_000), *range(900_000, 902_000, 1)])
    data, rows = posting_list.store(positions, 0)
    posting = posting_list.read_head(len(positions), data)
    assert posting.whole is not None or [number for number, _ in rows] == [
        shard for shard in range(posting.shards) if posting.has_shard(shard)
    ]


@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=200))
def test_keys_are_short_and_different_for_different_terms(one: str, other: str):
    assert len(posting_list.key_of(one)) <= posting_list.LONGEST_KEY
    assert (posting_list.key_of(one) == posting_list.key_of(other)) == (one == other)


@pytest.mark.parametrize(
    ("ids", "versions"),
    [([7], [1]), (list(range(1, 129)), [1] * 128), ([1, 2, 3], [1, 9, 1]), ([2**40, 3], [1, 1]), ([2**40, 3], [2, 1])],
)
def test_a_block_of_the_doc_map_comes_back(ids: list[int], versions: list[int]):
    found_ids, found_versions = posting_list.decode_block(posting_list.encode_block(ids, versions))
    assert (list(found_ids), list(found_versions)) == (ids, versions)


def test_a_block_of_plain_versions_costs_four_bytes_a_book():
    assert len(posting_list.encode_block(range(128), [1] * 128)) == 1 + 4 * 128


def test_the_cache_forgets_what_was_not_used_for_long():
    cache: TwoGenerationCache[int, int] = TwoGenerationCache(100)
    for number in range(100):
        cache.put(number, number, 10)
        assert cache.get(0) == 0
    assert cache.get(1) is None
    assert cache.get(99) == 99
    assert sum(cache.get(number) is not None for number in range(100)) <= 12


def test_a_book_belongs_before_its_equals():
    generation = Generation(1, 100, [-9, -5, 0], [0, 10, 40])
    assert [generation.position_of(rank) for rank in (12, 9, 7, 5, 3, 0, -1)] == [0, 0, 10, 10, 40, 40, 100]


def _entries(count: int):
    rng = random.Random(1)
    for book in range(count, 0, -1):
        words = frozenset(rng.sample(["wa", "wb", "wc", "w三", "lzh", "w" + "x" * 99], 3))
        yield IndexEntry(book_id=book, version=book % 3 + 1, rank_value=book // 10, terms=BookTerms(words=words))


@pytest.mark.parametrize("per_run", [10, 1_000_000])
@pytest.mark.parametrize("per_block", [1, 2, 4096])
def test_runs_invert_a_catalogue_whatever_their_size(tmp_path, monkeypatch, per_run: int, per_block: int):
    monkeypatch.setattr(runs_module, "POSTINGS_PER_RUN", per_run)
    monkeypatch.setattr(runs_module, "TERMS_PER_BLOCK", per_block)
    runs = SortedRuns(tmp_path / "runs")
    entries = list(_entries(100))
    for entry in entries:
        runs.add(entry)
    runs.flush()
    assert list(runs.docs()) == [(entry.book_id, entry.version, entry.rank_value) for entry in entries]
    found = dict(runs.lists())
    assert list(found) == sorted(found)
    assert found[b"wa"].tolist() == [place for place, entry in enumerate(entries) if "wa" in entry.terms.words]
    runs.remove()
    assert not (tmp_path / "runs").exists()


def test_runs_go_on_behind_the_last_one_that_is_safe(tmp_path, monkeypatch):
    monkeypatch.setattr(runs_module, "POSTINGS_PER_RUN", 30)
    entries = list(_entries(25))
    killed = SortedRuns(tmp_path / "runs")
    for entry in entries:
        killed.add(entry)
    again = SortedRuns(tmp_path / "runs")
    assert again.books == again.flushed == 20
    last = entries[19]
    assert again.after == (last.rank_value, last.book_id)
    for entry in entries[20:]:
        again.add(entry)
    again.flush()
    assert [book for book, _, _ in again.docs()] == [entry.book_id for entry in entries]


class _Rows:
    """A reader of lists that lie in memory."""

    read_ahead = 1

    def __init__(self, terms: dict[bytes, array]) -> None:
        self._heads = {}
        self._shards = {}
        for number, (term, positions) in enumerate(terms.items()):
            data, rows = posting_list.store(positions, number * 100)
            self._heads[term] = (term, len(positions), data)
            self._shards |= dict(rows)

    def heads(self, terms):
        return [self._heads[term] for term in terms if term in self._heads]

    def shards(self, ids):
        return [(number, self._shards[number]) for number in ids]


def _walk(terms: dict[bytes, array]) -> QueryEvaluator:
    return QueryEvaluator(Generation(1, 0, (), ()), _Rows(terms))


def test_large_counts_are_reckoned_and_say_so():
    walk = _walk({b"wa": array("I", range(0, 4_000_000, 3)), b"wb": array("I", range(0, 4_000_000, 5))})
    (total,), is_exact = walk.count(walk.plans([(b"wa", b"wb")]))
    assert not is_exact
    assert abs(total - 4_000_000 / 15) < 5_000


def test_counts_up_to_a_million_books_are_exact():
    walk = _walk({b"wa": array("I", range(0, 2**20, 3)), b"wb": array("I", range(0, 2**20, 5))})
    assert walk.count(walk.plans([(b"wa", b"wb")])) == ([len(range(0, 2**20, 15))], True)


def test_small_counts_are_exact_in_any_catalogue():
    walk = _walk({b"wa": array("I", range(0, 9_000_000, 3)), b"wb": array("I", range(0, 9_000_000, 10_007))})
    assert walk.count(walk.plans([(b"wa", b"wb")])) == ([len(range(0, 9_000_000, 30_021))], True)


@pytest.mark.parametrize("count", [1, ROWS_PER_STATEMENT, 2 * ROWS_PER_STATEMENT + 1])
def test_as_many_rows_are_written_to_a_sqlite_file_as_are_given(tmp_path, count: int):
    rows = [(number, b"%d" % number) for number in range(count)]
    store = SqliteStore(tmp_path)
    writer = store.create(1)
    writer.write("doc", rows)
    writer.finish()
    with store.reading(1, None) as reader:
        assert sorted(reader.docs(range(count + 1))) == rows


def test_the_pages_of_a_finished_file_are_full_and_nothing_else_lies_beside_it(tmp_path):
    writer = SqliteStore(tmp_path).create(1)
    rows = [(b"w%08d" % number, 1, b"x" * (number % 40)) for number in range(30_000)]
    for start in range(0, len(rows), 2000):
        writer.write("head", rows[start : start + 2000])
    writer.finish()
    [path] = tmp_path.iterdir()
    assert path.stat().st_size < 1.25 * sum(len(key) + len(data) + 5 for key, _, data in rows)


def test_what_a_killed_builder_left_is_removed(tmp_path):
    store = SqliteStore(tmp_path)
    store.create(1)
    for ending in ("", ".part", ".packed"):
        (tmp_path / f"generation-000001.sqlite{ending}").touch()
    assert set(store.numbers()) == {1}
    store.drop(1)
    assert list(tmp_path.iterdir()) == []


def test_a_walk_gives_unions_of_intersections_in_order():
    terms = {
        b"wa": array("I", range(0, 300_000, 2)),
        b"wb": array("I", range(0, 300_000, 3)),
        b"wc": array("I", [1, 70_001, 299_999]),
    }
    walk = _walk(terms)
    found = [position for part in walk.matches(walk.plans([(b"wa", b"wb"), (b"wc",)])) for position in part]
    assert found == sorted({*range(0, 300_000, 6), 1, 70_001, 299_999})
    assert walk.plans([(b"wa", b"unknown"), ()]) == []


@pytest.mark.parametrize("late", [False, True])
def test_numbers_begin_where_the_first_change_has_them_though_nothing_waited_before(late: bool):
    numbers = SequenceTracker(late=late)
    assert numbers.are_all_read(0)
    numbers.note([20_001, 20_002], 20_002)
    assert numbers.floor == 20_002
    assert numbers.are_all_read(20_002) is not late, "one below the first may still come where they can be late"
    assert not numbers.are_all_read(20_003)
