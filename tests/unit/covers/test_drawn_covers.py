"""Drawn covers look as they did: each of these books was looked at, and its picture lies in `covers/`.

Who means to change how covers look runs ``python -m tests.unit.covers.test_drawn_covers``, and looks at each that changed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from app.covers.drawing import draw_cover
from app.domain.book import BookFacts

FOLDER = Path(__file__).parent / "covers"
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def book(number: int, title: str, *authors: str, subtitle: str = "", language: str = "zh") -> BookFacts:
    return BookFacts(isbn13=f"97875366{number:05}", title=title, authors=authors, subtitle=subtitle, language=language)


BOOKS = {
    "one-character": book(0, "蛙", "莫言"),
    "two-characters": book(1, "三体", "刘慈欣"),
    "eight-characters": book(2, "看不见的城市之歌", "伊塔洛·卡尔维诺", "张密"),
    "one-slip-small": book(3, "活着就是为了讲述：回忆录", "马尔克斯", "李静", "第三位"),
    "two-slips": book(4, "当我谈跑步时，我谈些什么（全二册）", "村上春树"),
    "two-slips-of-words": book(5, "流畅的Python编程：从入门到实践 第13版", "Luciano Ramalho", "安道"),
    "numbers": book(6, "1984与IV及XIX 12 2001"),
    "brackets": book(7, "“他们”《说》（上）·「下」……？～ー"),
    "kana": book(8, "ブリーチ：鋼の錬金術師", "荒川 弘", language="ja"),
    "too-long": book(9, "长" * 90, "联合国教科文组织国际教育发展委员会与世界文化遗产中心编写组"),
    "too-long-parted": book(10, "美国纽约摄影学院摄影教材" * 3 + "：" + "最新修订版" * 6, "作者" * 20, "译者" * 30),
    "two-slips-of-fifteen": book(27, "社会主义初级阶段农村集体经济组织" * 2, "编写组"),
    "two-short-lines": book(11, "中国：印度：日本——亚洲三国的现代化道路比较研究丛书之一", "唐"),
    "short-chinese-in-latin": book(12, "1Q84", "村上春树"),
    "latin-short": book(13, "Emma", "Jane Austen", language="en"),
    "latin-two-authors": book(14, "Good Omens", "Terry Pratchett", "Neil Gaiman", language="en"),
    "latin-three-authors": book(15, "Design Patterns", "E. Gamma", "R. Helm", "R. Johnson", language="en"),
    "latin-subtitle": book(
        16, "Sapiens", "Yuval Noah Harari", subtitle="A Brief History of Humankind, from the Stone Age", language="en"
    ),
    "latin-title-with-subtitle": book(17, "The Selfish Gene: 40th Anniversary Edition (Oxford)", language="en"),
    "latin-parted-at-a-slash": book(18, "Lysis/Symposium/Phaedrus/Alcibiades/Selections - Volume One", language="en"),
    "latin-five-lines": book(
        19, "Don't Get Too Comfortable and Other Indignities of Coach Class Torments", "David Rakoff", language="en"
    ),
    "latin-too-long": book(20, "word of mouth " * 40, "The International Commission on Education", language="en"),
    "latin-one-long-word": book(21, LONG_WORD, "Maximiliana Wolfeschlegelsteinhausen", subtitle=LONG_WORD, language="de"),
    "latin-long-second-author": book(
        22, "Bones", "A. Maximiliana", "Wolfeschlegelsteinhausenbergerdorff-Solzhenitsyn of Nowhere", language="en"
    ),
    "latin-begins-with-a-bracket": book(23, "(1) Of Mice", "John Steinbeck", language="en"),
    "cyrillic": book(24, "Преступление и наказание", "Фёдор Достоевский", language="ru"),
    "devanagari": book(25, "गोदान" * 14, "प्रेमचंद", language="hi"),
    "without-anything": book(26, "", language=""),
}  # fmt: skip


@pytest.mark.parametrize("name", BOOKS)
def test_a_cover_looks_as_it_did(name: str) -> None:
    assert draw_cover(BOOKS[name]) == (FOLDER / f"{name}.svg").read_text("utf-8")


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(BOOKS)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, facts in BOOKS.items():
        (FOLDER / f"{name}.svg").write_text(draw_cover(facts), "utf-8")
