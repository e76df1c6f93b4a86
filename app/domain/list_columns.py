"""Which columns of a list say a book's number, title and author, in the words of any program."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from app.domain.cells import isbn_columns

#: The column of a list that had none, as our own file of rows that failed names it.
LINE = "line"

_EXACT: Mapping[str, tuple[str, ...]] = {
    "title": (
        "title", "book title", "书名", "標題", "标题", "名称", "题名", "書名",
        "titel", "titre", "título", "titolo", "タイトル", "제목", "название",
    ),
    "author": (
        "author", "authors", "作者", "primary author", "creator", "creators",
        "autor", "auteur", "autore", "著者", "저자", "автор", "简介",
    ),
}  # fmt: skip
#: A line of more parts than these, each as short, with a number's name in one of them is a header, and no sentence.
_FEW, _SHORT = 2, 16
_WITHIN: Mapping[str, re.Pattern[str]] = {
    "title": re.compile(r"\btitle\b|书名|書名|题名|題名|书籍名|書籍名|图书名|圖書名|商品名|タイトル"),
    "author": re.compile(r"\bauthors?\b|\bcreators?\b|作者|著者"),
}
#: Names that hold those words and mean something else: a series, a subtitle, a sort key, further people.
_OTHER = re.compile(r"\bsub|\bseries\b|\boriginal\b|\bl f\b|\badditional\b|\bsort\b|\bid\b|\burl\b|副|原|丛书|叢書")


def find_columns(header: Iterable[str]) -> dict[str, list[int]]:
    """Return where a header names the isbn, title and author, the best name first; empty when it is no header.

    A header names a number or a title, one of them exactly, or at least two of the three, or in some way a number among
    several short names.
    """
    names = [_folded(name) for name in header]
    found = {role: places for role in ("isbn", *_EXACT) if (places := _places(role, names))}
    is_certain = len(found) > 1 or any(
        names[at] in {*_EXACT["title"], *_ISBN} for places in found.values() for at in places
    )
    is_certain = is_certain or (
        "isbn" in found and len(names) > _FEW and all(0 < len(name) <= _SHORT for name in names)
    )
    return found if is_certain and ("isbn" in found or "title" in found) else {}


def score_header(cells: Sequence[str]) -> int:
    """Return how many columns of a header are known: 0 when it is none."""
    if [_folded(cell) for cell in cells[:1]] == [LINE]:
        return 1
    return len({place for places in find_columns(cells).values() for place in places})


def unknown_columns(header: Sequence[str]) -> list[str]:
    """Return the names of the columns that nothing is read from."""
    known = {place for places in find_columns(header).values() for place in places}
    return [
        name.strip() for at, name in enumerate(header) if at not in known and name.strip() and _folded(name) != LINE
    ]


#: Names that mean a number and nothing else.
_ISBN = ("isbn", "isbn13", "isbn 13", "isbn10", "isbn 10", "书号", "書號", "ean")


def _places(role: str, names: Sequence[str]) -> list[int]:
    if role == "isbn":
        return isbn_columns(names)
    exact = [names.index(name) for name in _EXACT[role] if name in names]
    within = [at for at, name in enumerate(names) if _WITHIN[role].search(name) and not _OTHER.search(name)]
    return list(dict.fromkeys([*exact, *within]))


def _folded(name: str) -> str:
    """Fold a column's name: lower case, words parted by one space."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())
