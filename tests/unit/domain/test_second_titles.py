"""The usual titles of books that are known under several."""

from __future__ import annotations

from collections import Counter

import pytest

from app.domain.author_key import author_key
from app.domain.book import BookFacts
from app.domain.second_titles import SECOND_TITLES, usual_title, with_han_numbers
from app.domain.work_title import work_title


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("1984", "一九八四"), ("1973年弹子球", "一九七三年弹子球"), ("2001太空漫游", "二〇〇一太空漫游"), ("二零零一太空漫游", "二〇〇一太空漫游"),
        ("24重人格", "二十四重人格"), ("20世纪少年", "二十世纪少年"), ("10宗罪", "十宗罪"), ("5个人", "五个人"), ("0到1", "〇到一"), ("100个基本", "一百个基本"),
        ("1000零1夜", "一千〇一夜"), ("007", "〇〇七"), ("华氏451", "华氏四五一"), ("1q84", "1q84"), ("c4", "c4"), ("123456", "123456"), ("三体", "三体"),
    ],
)  # fmt: skip
def test_numbers_of_chinese_titles_are_written_in_one_way(title: str, written: str) -> None:
    assert with_han_numbers(title) == written


def test_a_second_title_is_the_usual_one_of_its_author_alone() -> None:
    assert usual_title("异乡人", author_key("阿尔贝·加缪")) == "局外人"
    assert usual_title("异乡人", author_key("茅盾")) == "异乡人"
    assert usual_title("outsider", author_key("Albert Camus")) == "stranger"
    assert usual_title("outsider", author_key("Stephen King")) == "outsider"
    assert usual_title("局外人", author_key("加缪")) == "局外人"


def test_every_title_stands_once_and_says_no_volume() -> None:
    lines = [line.split(" | ") for line in SECOND_TITLES.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    assert all(len(line) > 2 and all(part == part.strip() != "" for part in line) for line in lines)
    titles = [(author_key(author), work_title(BookFacts("", title))) for author, *rest in lines for title in rest]
    assert [title for title, times in Counter(titles).items() if times > 1] == []
    assert [title for _, title in titles if title.volume] == []
