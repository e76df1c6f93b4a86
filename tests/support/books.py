"""A small shelf of real books, in the languages, scripts and lengths that pages must cope with."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask

from app.container import container
from app.domain.book import BookFacts
from app.extensions import db
from app.models.search_index import SearchPointer

SANTI = BookFacts(
    isbn13="9787536692930", title="三体", authors=("刘慈欣",), publisher="重庆出版社", pubdate="2008-01", pages="302",
    binding="平装", price="CNY 23.00", language="zh", series="中国科幻基石丛书", subjects=("科幻", "中国文学"), popularity=9,
)  # fmt: skip
SANTI_2 = BookFacts(
    isbn13="9787536693968", title="三体Ⅱ：黑暗森林", authors=("刘慈欣",), publisher="重庆出版社", language="zh"
)
SANTI_TAIWAN = BookFacts(
    isbn13="9789571351353", title="三體", authors=("劉慈欣",), publisher="貓頭鷹", language="zh-Hant"
)
SOLITUDE = BookFacts(
    isbn13="9787544253994", title="百年孤独", authors=("加西亚·马尔克斯",), translators=("范晔",), publisher="南海出版公司",
    pubdate="2011-06", language="zh", original_title="Cien años de soledad", popularity=9,
)  # fmt: skip
SOLEDAD = BookFacts(
    isbn13="9780307474728", title="Cien años de soledad", authors=("Gabriel García Márquez",), publisher="Vintage Español",
    pubdate="2009", language="es", popularity=9,
)  # fmt: skip
FIGHT_CLUB = BookFacts(
    isbn13="9780393327342", title="Fight Club", authors=("Chuck Palahniuk",), language="en", popularity=9
)
MARKUP = BookFacts(
    isbn13="9780000000026", title='</title><script>alert("x")</script>', subtitle="<b>&amp;</b>", authors=('"><img src=x onerror=alert(1)>',),
    publisher="</script><script>alert(2)</script>", language="en", summary="<i>x</i>", subjects=("<u>y</u>",),
)  # fmt: skip
LONG = BookFacts(
    isbn13="9780000000019", title="Pneumonoultramicroscopicsilicovolcanoconiosis" * 5, subtitle="很长的副题" * 40,
    authors=tuple(f"作者第{number}" for number in range(30)), publisher="P" * 200, pages="三百页", price="about 20" * 6, language="mul",
)  # fmt: skip
SHELF = (SANTI, SANTI_2, SANTI_TAIWAN, SOLITUDE, SOLEDAD, FIGHT_CLUB, MARKUP, LONG)


def stock(app: Flask, books: Sequence[BookFacts] = SHELF) -> None:
    """Put books into the app's catalogue, so that the next search finds them."""
    with app.app_context():
        container.catalogue.writer.store(books)


def outdate_index(app: Flask) -> None:
    """Let the index be that of an older program, which made other terms of a book."""
    with app.app_context(), db.auto_commit():
        SearchPointer.query.update({"terms_version": "of an older program"})
