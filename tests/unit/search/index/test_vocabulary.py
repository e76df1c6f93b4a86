"""What the posting index keeps of its vocabulary: ready completions, and the deletion table for typos."""

import random
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.index import vocabulary
from app.search.index.port import Completion

WORD = st.text("abcdefg", min_size=4, max_size=12)


def test_ready_lists_are_made_for_prefixes_with_many_terms_only():
    ready = vocabulary.ReadyPrefixes()
    rows = []
    for number in range(100):
        rows += ready.add(f"wab{number:03}", count=number + 1, first=1000 - number * 3 % 100)
    rows += ready.add("wb", count=1, first=0)
    rows += ready.finish()
    made = dict(rows)
    assert set(made) == {b"wa", b"wab", b"wab0"}
    best = vocabulary.unpack(made[b"wab"])
    assert len(best) == vocabulary.COMPLETIONS_KEPT
    assert vocabulary.unpack(made[b"wa"]) == best, "what a longer prefix has, its beginning has"
    assert Completion("wab099", 100) in best
    assert Completion("wab033", 34) in best, "the term of the best ranked book"


def test_of_thousands_of_terms_the_best_are_kept():
    scored = [(number * 7919 % 5000, number * 104_729 % 5000, f"wab{number:04}") for number in range(5000)]
    ready = vocabulary.ReadyPrefixes()
    rows = [row for count, first, term in scored for row in ready.add(term, count=count, first=first)]
    made = dict([*rows, *ready.finish()])
    for prefix in ("wa", "wab", "wab1", "wab17"):
        own = [item for item in scored if item[2].startswith(prefix)]
        assert vocabulary.unpack(made[prefix.encode()]) == vocabulary.best_of(own, vocabulary.COMPLETIONS_KEPT)


def test_however_many_terms_there_are_few_are_held():
    ready = vocabulary.ReadyPrefixes()
    for number in range(50_000):
        ready.add(f"w{number:05}", count=1, first=number)
        assert len(ready._held) <= vocabulary.LONGEST_READY_PREFIX * vocabulary.MOST_HELD
    ready.add("x", count=1, first=0)
    assert not ready._held


def test_terms_of_other_kinds_are_never_offered():
    ready = vocabulary.ReadyPrefixes()
    rows = [row for number in range(200) for row in ready.add(f"tx{number:03}", count=1, first=1)]
    assert [*rows, *ready.finish()] == []
    assert not vocabulary.may_complete("w" + "x" * 10 + "\0abc")


def _misspelt(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    return rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + rng.choice("abcdefg") + word[at:],
            word[:at] + rng.choice("abcdefg") + word[at + 1 :],
            word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        )
    )


@given(WORD, st.randoms())
def test_words_one_edit_apart_share_a_hash(word: str, rng: random.Random):
    other = _misspelt(word, rng)
    assert vocabulary.deletions("w" + word) & vocabulary.deletions("w" + other)
    assert vocabulary.distance(word, other, 2) <= 1


@given(WORD, WORD)
def test_distance_is_the_same_both_ways_and_never_beyond_the_limit_plus_one(one: str, other: str):
    for limit in (1, 2):
        assert vocabulary.distance(one, other, limit) == vocabulary.distance(other, one, limit) <= limit + 1


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [("river", "river", 0), ("river", "rivre", 1), ("river", "liver", 1), ("river", "rover s", 3)],
)
def test_edits_are_counted(one: str, other: str, edits: int):
    assert vocabulary.distance(one, other, 2) == edits


@pytest.mark.parametrize("word", ["wab", "wriver", "wabababab", "winternational", "p重庆abcdef"])
def test_deletions_are_what_is_left_of_the_first_letters(word: str):
    data = word[: 1 + vocabulary.LOOKED_AT].encode()
    left = {data}
    for _ in range(vocabulary.allowed_edits(word)):
        left |= {shape[:at] + shape[at + 1 :] for shape in left for at in range(1, len(shape))}
    assert vocabulary.deletions(word) == set(map(crc32, left))


def test_kinds_do_not_share_deletions():
    assert not vocabulary.deletions("wriver") & vocabulary.deletions("priver")


def test_the_deletion_table_gives_back_the_words_of_a_deletion():
    table = vocabulary.DeletionTable()
    words = ["wriver", "wrivet", "winternational", "pchongqing"]
    for number, word in enumerate(words):
        table.add(word, number * 100_000)
    rows = dict(table.rows())
    for number, word in enumerate(words):
        wanted = vocabulary.deletions(word)
        found = {
            one
            for bucket in set(map(vocabulary.bucket_of, wanted))
            for one in vocabulary.read_bucket(bucket, rows[bucket], wanted)
        }
        assert number * 100_000 in found
