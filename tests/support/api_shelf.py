"""The books that the tests of /v2 look for."""

from __future__ import annotations

from flask import Flask

from app.domain.book import BookFacts
from app.domain.isbn import to_isbn13

SANTI = "9787536692930"


def _facts(isbn: str, title: str, *authors: str, **more: object) -> BookFacts:
    return BookFacts(isbn13=isbn, title=title, authors=authors, **more)


BOOKS = [
    _facts(
        SANTI,
        "三体",
        "刘慈欣",
        subtitle="地球往事",
        publisher="重庆出版社",
        pubdate="2008-01",
        pages="302",
        binding="平装",
        price="CNY 23.00",
        language="zh-CN",
        series="中国科幻基石丛书",
        subjects=("科幻", "小说"),
        summary="文化大革命如火如荼进行的同时。\n军方探寻外星文明。",
        popularity=9,
    ),
    _facts("9780321714114", "C++ Primer", "Stanley B. Lippman", "Josée Lajoie", language="en"),
    _facts("9781617294532", "C# in Depth", "Jon Skeet", language="en"),
    _facts("9791032305690", "L'Étranger", "Albert Camus", language="fr"),
]
BOOKS += [
    _facts(to_isbn13(f"70200{number:04d}X"[:9] + "0"), f"红楼梦研究 第{number}辑", "曹雪芹学会", language="zh")
    for number in range(137)
]


def fill(app: Flask) -> None:
    """Store the books, findable."""
    with app.app_context():
        app.extensions["container"].catalogue.writer.store(BOOKS)
