"""Which part of a work a title names."""

from __future__ import annotations

import pytest

from app.domain.volumes import (
    BRACKET,
    HEAD,
    Cut,
    TitlePart,
    parts_of,
    volume_of,
    volumes_in,
    without_volumes,
    written,
)


@pytest.mark.parametrize(
    ("title", "volume"),
    [
        ("三体Ⅱ", "2"), ("三体II 黑暗森林", "2"), ("第三部", "3"), ("红楼梦（上）", "1"), ("红楼梦 下册", "下"), ("Dune Vol. 02", "2"),
        ("Book Club", ""), ("Slaughterhouse 5", "5"), ("1984", ""), ("Apollo 13", "13"), ("V for Vendetta", ""), ("史记 卷三", "3"),
        ("银河英雄传说VOL.2 野望篇", "2"), ("", ""), ("三體２", "2"), ("明朝那些事儿（柒）", "7"), ("魔戒首部曲", "1"), ("文集 第十二卷", "12"),
        ("Harrington, Volume Four", "4"), ("Henry IV part II", "2"), ("Return #2", "2"), ("世界史 第二十一册", "21"), ("二分之一", ""),
        ("在漫长的旅途中", ""), ("第二版", ""), ("第一集团军", ""), ("The Earth, Volume C", "c"), ("盗墓笔记之二", "2"),
        ("Faust First Part", "1"), ("Faust, the second volume", "2"), ("The First Part Last", ""), ("撒野 一", "1"), ("明朝那些事兒 肆", "4"), ("二十一", ""),
        ("搜神记Ⅰ-神农使者", "1"),
    ],
)  # fmt: skip
def test_the_volume_that_a_title_names(title: str, volume: str) -> None:
    assert volume_of(title) == volume


@pytest.mark.parametrize(
    ("title", "volumes"),
    [
        ("死亡通知单2：宿命（上）", ["2", "1"]),
        ("Metamorphoses: Volume I Books I-VIII", ["1", "1-8"]),
        ("明朝那些事儿（1-9）", ["1-9"]),
        ("陆小凤（1-4册）", ["1-4"]),
        ("CLOVER（VOL.1--4）", ["1-4"]),
        ("尼罗河女儿（第2部 下）", ["2", "下"]),
        ("平凡的世界（全三册）", []),
    ],
)
def test_volumes_of_volumes_and_several_of_them_are_told(title: str, volumes: list[str]) -> None:
    assert list(volumes_in(title)) == volumes


@pytest.mark.parametrize(
    "title",
    ["红楼梦（上下）", "源氏物语（上、中、下）", "平凡的世界 全三册", "飞狐外传（上下册）", "秘密花园（2册）", "倚天屠龙记(共四册)"],
)  # fmt: skip
def test_all_volumes_of_a_novel_in_one_lot_are_no_volume(title: str) -> None:
    last = parts_of(written(title))[-1]
    assert without_volumes(last).holds_all
    assert volume_of(title) == ""


@pytest.mark.parametrize(
    "title",
    [
        "上下五千年",
        "后宫·甄嬛传（套装共6册）",
        "那些年（套装上下册）",
        "那些年 套装上下",
        "灌篮高手（全31卷）",
        "左右上下",
    ],
)
def test_other_lots_and_words_are_not_all_volumes_of_one_novel(title: str) -> None:
    assert not without_volumes(parts_of(written(title))[-1]).holds_all


def test_a_title_is_cut_at_brackets_colons_and_dashes_and_a_subtitle_not_at_its_dash() -> None:
    assert [(part.place, part.text) for part in parts_of("a (b) c: d - e; f")] == [
        ("head", "a"), ("bracket", "b"), ("more", "c"), ("tail", "d - e"), ("list", "f"),
    ]  # fmt: skip
    assert [part.text for part in parts_of("star wars - the clones")] == ["star wars", "the clones"]
    assert parts_of("") == []


def test_what_stands_behind_the_number_is_the_name_of_the_volume() -> None:
    assert without_volumes(TitlePart("盗墓笔记8·大结局", HEAD)) == Cut("盗墓笔记", ("8",), is_named=True, name="大结局")
    assert without_volumes(TitlePart("death note vol. 3", HEAD)) == Cut("death note", ("3",), is_named=True)
    assert without_volumes(TitlePart("rocky ii", HEAD)) == Cut("rocky", ("2",))
    assert without_volumes(TitlePart("1、2", BRACKET)) == Cut("", ("1-2",), is_named=True)
