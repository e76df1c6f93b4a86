"""Pinyin as people type it."""

import subprocess
import sys

import pytest

from app.search.pinyin import (
    has_initials,
    may_be_initials,
    read_aloud,
    segmentations,
    sound_begins,
    sounds_like,
    split_unfinished,
    syllable_pairs,
)


@pytest.mark.parametrize(
    ("typed", "syllables"),
    [
        ("santi", "san ti"),
        ("bainiangudu", "bai nian gu du"),
        ("mingchaonaxieshier", "ming chao na xie shi er"),
        ("lvyexianzong", "lu ye xian zong"),
        ("nver", "nu er"),
        ("san1ti3", "san ti"),
    ],
)
def test_unspaced_pinyin_is_cut_into_syllables(typed, syllables):
    assert segmentations(typed)[0] == tuple(syllables.split())


def test_an_open_cut_is_made_both_ways():
    assert set(segmentations("fangan")) == {("fang", "an"), ("fan", "gan")}
    assert set(segmentations("xian")) == {("xian",), ("xi", "an")}


@pytest.mark.parametrize("typed", ["", "tolkien", "st", "三体", "12", "a" * 61, "xq", "love"])
def test_what_is_no_pinyin_is_not_cut(typed):
    assert segmentations(typed) == ()


def test_a_run_that_can_be_cut_in_endless_ways_is_cut_in_a_few():
    assert len(segmentations("xian" * 15)) <= 6


def test_a_syllable_still_being_typed_is_left_open():
    assert (("san",), "gu") in split_unfinished("sangu")
    assert (("san", "ti"), "q") in split_unfinished("santiq")
    assert split_unfinished("sx") == ()


def test_initials_are_letters_that_begin_syllables_and_are_no_pinyin():
    assert all(map(may_be_initials, ["st", "bngd", "hlm"]))
    assert not any(map(may_be_initials, ["s", "santi", "iuv", "s2", "b" * 11]))


def test_characters_are_read_aloud_in_their_usual_ways_first():
    assert read_aloud("三体")[0] == ("san", "ti")
    assert ("bai", "nian") in read_aloud("百年")
    assert read_aloud("a") == ()


def test_a_sound_is_found_in_a_text():
    assert sounds_like("刘慈欣三体", ("san", "ti")) == 3
    assert sounds_like("三体", ("si", "ti")) == -1
    assert sound_begins("三体全集", "sant")
    assert not sound_begins("三体", "santiq")
    assert has_initials("百年孤独", "bngd")
    assert syllable_pairs(("san", "guo", "yan")) == ["sanguo", "guoyan"]


def test_reading_queries_never_imports_pypinyin():
    script = (
        "import sys; from app.search.query_parser import parse_query\n"
        "for query in ('三体', 'santi', 'san体', 'st', '三體 2', 'Harry Potter'): parse_query(query)\n"
        "sys.exit('pypinyin' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
