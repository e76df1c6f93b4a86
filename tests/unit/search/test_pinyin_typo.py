"""Typos in pinyin are mended by what the index knows."""

from string import ascii_lowercase

import pytest

from app.search.pinyin import segmentations
from app.search.typo import _mendable, mended_pinyin
from tests.support.catalogue_fixture import Shelf


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    shelf = Shelf()
    for title in ("百年孤独", "三体", "红楼梦", "明朝那些事儿", "平凡的世界", "小王子"):
        shelf.put(title)
    return shelf


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("snati", "santi"),
        ("hognloumeng", "hongloumeng"),
        ("hongluomeng", "hongloumeng"),
        ("bainiangudo", "bainiangudu"),
        ("bainiangduu", "bainiangudu"),
        ("bainiagudu", "bainiangudu"),
        ("mingchaonaxishier", "mingchaonaxieshier"),
        ("pingfandeshijei", "pingfandeshijie"),
        ("xiaowanzgi", "xiaowangzi"),
        ("xxiaowangzi", "xiaowangzi"),
    ],
)
def test_one_typo_is_mended_wherever_it_is(shelf, typed, meant):
    assert next(mended_pinyin(typed, shelf.index)) == meant


@pytest.mark.parametrize("typed", ["", "三体", "qzxqzx", "a" * 200, "12", "santi"])
def test_what_cannot_be_mended_gives_nothing(shelf, typed):
    assert list(mended_pinyin(typed, shelf.index)) == []


@pytest.mark.parametrize(
    "typed",
    ["bainiangdu", "xianzhong", "lvxingg", "nveyueliangg", "santti", "zhuangzi", "zhoxng", "agathachristi", "v"],
)
def test_no_place_is_passed_over_where_one_letter_makes_it_pinyin(typed):
    edits = {at: [typed[:at] + sign + typed[at:] for sign in ascii_lowercase] for at in range(len(typed) + 1)}
    for at in range(len(typed)):
        edits[at].append(typed[:at] + typed[at + 1 :])
    wanted = [at for at, texts in edits.items() if any(map(segmentations, texts))]
    assert set(wanted) <= set(_mendable(typed))


def test_a_name_that_is_no_pinyin_has_no_place_to_mend():
    assert _mendable("williamgoldmanmurtaza") == []
