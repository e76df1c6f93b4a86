"""What is said of one row of a member's list: why it is not settled, and what its owner may choose."""

from __future__ import annotations

from collections.abc import Mapping

from flask import g
from flask_babel import gettext as _

from app.domain.book import BookFacts
from app.domain.cells import read_isbn_cell
from app.domain.isbn import hyphenate
from app.domain.isbn_candidates import is_shortened
from app.domain.reading_list import Verdict
from app.queries.book_list import StoredRow


def why(row: StoredRow, books: Mapping[str, BookFacts]) -> str:
    """Return in the page's language why a row is not settled."""
    if row.reasons:
        return row.reasons[int(g.language == "en")]
    return " ".join(filter(None, (_about_number(row), _about_verdict(row, books))))


def _about_number(row: StoredRow) -> str:
    said = ""
    if is_shortened(row.isbn):
        said = _(
            "表格软件把 ISBN 缩短了（%(said)s），原来的数字已经找不回来。请把这一列的格式改成“文本”或不带小数的“数值”，再导出一次。",
            said=row.isbn[:40],
        )
    elif _is_wrong(row):
        said = _("ISBN 的校验位不对，可能有一位写错了。")
    return said


def _about_verdict(row: StoredRow, books: Mapping[str, BookFacts]) -> str:
    said: str = {
        Verdict.PENDING: _("还没有看到这一行"),
        Verdict.AMBIGUOUS: _("有好几本，请选一本") if len(row.isbns) > 1 else _("找到一本，请看看是不是"),
        Verdict.UNKNOWN: _("没有找到这本书"),
        Verdict.NO_BOOK: _("这不是一本书：没有书名，ISBN 也不对"),
    }.get(row.verdict, "")
    if row.verdict is Verdict.LOOK and (facts := books.get(row.isbns[0])):
        said = _("这个 ISBN 是《%(title)s》的，书单上写的是《%(said)s》，请看一看。", title=facts.title, said=row.title)
    elif row.verdict is Verdict.UNKNOWN and not _is_wrong(row) and any(isbn in books for isbn in row.isbns):
        said = _("没有找到这个 ISBN，有同一本书的别的版本。")
    elif row.verdict is Verdict.NO_BOOK and _is_wrong(row):
        said = ""
    return said


def _is_wrong(row: StoredRow) -> bool:
    """Return whether a row's number has a wrong check digit."""
    typed = read_isbn_cell(row.isbn)
    return typed is not None and not typed.is_valid


def choices(row: StoredRow, books: Mapping[str, BookFacts]) -> list[tuple[str, str]]:
    """Return the ISBNs that a row's owner may mean, each with the words on its button; a number nobody knows stands for itself."""
    known = [(isbn, _label(books[isbn])) for isbn in row.isbns if isbn in books]
    return known or [(isbn, hyphenate(isbn)) for isbn in row.isbns if _is_wrong(row)]


def _label(facts: BookFacts) -> str:
    parts = (facts.title, _("、").join(facts.authors), facts.publisher, facts.pubdate[:4])
    return " · ".join(filter(None, parts))
