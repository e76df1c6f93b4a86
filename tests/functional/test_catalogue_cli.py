"""`flask catalogue …`: what a person types and sees."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.container import container
from app.domain.book import BookFacts
from app.libs.locks import locked
from app.search import analyzer
from tests.support.apps import close, make_app
from tests.support.books import outdate_index, stock

SANTI = {"isbn13": "9787536692930", "title": "三体", "authors": ["刘慈欣"], "popularity": 9, "source": "x"}
HONGLOU = {
    "isbn13": "9787020002207",
    "title": "红楼梦",
    "authors": ["曹雪芹", "高鹗"],
    "summary": "一\n二",
    "source": "x",
}


def run(app: Flask, *arguments: str | Path) -> Result:
    """Type `flask catalogue …`."""
    return app.test_cli_runner().invoke(args=["catalogue", *map(str, arguments)])


def found(app: Flask, title: str) -> list[str]:
    """Search for all words of a title; give the ISBNs."""
    words = analyzer.terms(BookFacts(isbn13="", title=title)).words
    plan = tuple(word for word in words if word.startswith("w"))
    with app.app_context():
        return [book.facts.isbn13 for book in container.catalogue.search_index.candidates([plan], limit=10).books]


@pytest.fixture
def jsonl(tmp_path: Path) -> Path:
    path = tmp_path / "books.jsonl"
    path.write_text("\n".join(json.dumps(book, ensure_ascii=False) for book in (SANTI, HONGLOU)), "utf-8")
    return path


def test_imported_books_are_found_at_once(any_database_app: Flask, jsonl: Path) -> None:
    result = run(any_database_app, "import", jsonl)
    assert result.exit_code == 0
    assert "2 rows: 2 new, 0 changed, 0 unchanged, 0 rejected" in result.output
    assert found(any_database_app, "三体") == ["9787536692930"]
    assert found(any_database_app, "红楼梦") == ["9787020002207"]


def test_refused_rows_are_written_with_their_reason_and_can_be_mended(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_text("isbn13,title\n9787536692931,三体\n9787020002207,红楼梦\n", "utf-8")
    result = run(app, "import", path)
    rejects = tmp_path / "books.csv.rejects.csv"
    assert f"The refused rows and why: {rejects}" in result.output
    header, row = csv.reader(rejects.read_text("utf-8").splitlines())
    assert dict(zip(header, row, strict=True))["reason"] == "not a valid ISBN: 9787536692931"
    rejects.write_text(rejects.read_text("utf-8").replace("9787536692931,三体", "9787536692930,三体"), "utf-8")
    assert "1 rows: 1 new" in run(app, "import", rejects).output


def test_an_import_without_refused_rows_leaves_no_rejects_file(app: Flask, jsonl: Path) -> None:
    run(app, "import", jsonl)
    assert [path.name for path in jsonl.parent.glob("*rejects*")] == []


def test_authors_of_an_open_library_dump_are_named_by_the_authors_dump(app: Flask, tmp_path: Path) -> None:
    editions, authors = tmp_path / "editions.txt.gz", tmp_path / "authors.txt.gz"
    edition = {"isbn_13": ["9787536692930"], "title": "Three Body", "authors": [{"key": "/authors/OL9A"}]}
    editions.write_bytes(gzip.compress(f"/type/edition\t/books/OL1M\t1\t2020\t{json.dumps(edition)}\n".encode()))
    authors.write_bytes(gzip.compress(b'/type/author\t/authors/OL9A\t1\t2020\t{"name": "Liu Cixin"}\n'))
    assert run(app, "import", editions, "--authors", authors).exit_code == 0
    with app.app_context():
        book = container.catalogue.books.find("9787536692930")
    assert book is not None
    assert (book.facts.authors, book.facts.source) == (("Liu Cixin",), "open_library")


@pytest.mark.parametrize("name", ["all.csv", "all.jsonl", "all.csv.gz", "all.jsonl.gz"])
def test_an_export_can_be_imported_elsewhere_without_loss(
    app: Flask, jsonl: Path, tmp_path: Path, sqlite_template: Path, name: str
) -> None:
    run(app, "import", jsonl)
    assert "2 books written" in run(app, "export", tmp_path / name).output
    shutil.copytree(sqlite_template, tmp_path / "elsewhere")
    elsewhere = make_app(tmp_path / "elsewhere")
    run(elsewhere, "import", tmp_path / name)
    for isbn in ("9787536692930", "9787020002207"):
        books = []
        for each in (app, elsewhere):
            with each.app_context():
                book = container.catalogue.books.find(isbn)
                assert book is not None
                books.append(book.facts)
        assert books[0] == books[1]
    close(elsewhere)


def test_status_tells_of_interrupted_imports_and_missing_indexes(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "cut.csv.gz"
    rows = "isbn13,title\n" + "9787536692930,三体\n" * 60_000
    path.write_bytes(gzip.compress(rows.encode())[:-40])
    cut = run(app, "import", path)
    assert cut.exit_code == 1
    assert "Error: the file is damaged or cut short" in cut.output
    said = run(app, "status").output
    assert "books      1\n" in said
    assert "interrupted: the import of cut.csv.gz stopped after" in said
    assert "catalogue reindex" in said
    assert "1 books indexed" in run(app, "reindex").output
    assert "catalogue reindex" not in run(app, "status").output
    outdate_index(app)
    assert "outdated   this version makes other terms of a book" in run(app, "status").output


def test_a_book_can_be_added_and_corrected_by_hand(app: Flask) -> None:
    assert "9780306406157 Hello: added" in run(app, "add-isbn", "0-306-40615-2", "--title", "Hello").output
    more = run(app, "add-isbn", "0306406152", "--title", "Hello", "--author", "A", "--author", "B")
    assert "Hello: corrected" in more.output
    assert "nothing to change" in run(app, "add-isbn", "9780306406157", "--title", "Hello").output
    assert found(app, "Hello") == ["9780306406157"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "/no/such/file"), "does not exist"),
        (("export", "books.xls"), "the file's name must end in .csv or .jsonl"),
        (("export", "/no/such/folder/books.csv"), "No such file or directory"),
        (("add-isbn", "123", "--title", "x"), "not a valid ISBN: 123"),
        (("add-isbn", "9.78754E+12", "--title", "x"), "a spreadsheet has shortened the ISBN to 9.78754E+12"),
        (("add-isbn", "9780306406157", "--title", " "), "no title"),
        (("add-isbn", "9780306406157"), "no source knows 9780306406157: give its --title"),
        (("enrich",), "no source is enabled: set YUSHU_SOURCES"),
    ],
)
def test_a_mistake_gets_one_plain_line(app: Flask, arguments: tuple[str, ...], said: str) -> None:
    result = run(app, *arguments)
    assert result.exit_code in {1, 2}
    assert said in result.output
    assert "Traceback" not in result.output


def test_an_import_beside_another_one_is_told_to_wait(app: Flask, jsonl: Path) -> None:
    with locked(app.config["DATA_DIR"] / "import.lock"):
        result = run(app, "import", jsonl)
    assert result.exit_code == 1
    assert "another import is running here" in result.output


def test_a_database_without_tables_says_what_to_do(tmp_path: Path) -> None:
    bare = make_app(tmp_path / "bare")
    result = run(bare, "status")
    assert result.exit_code == 1
    assert "run.py flask db upgrade" in result.output
    close(bare)


OTHER_SANTI = SANTI | {"isbn13": "9787229030933", "title": "三体（精装）"}


def test_works_are_merged_parted_listed_and_taken_back(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "books.jsonl"
    path.write_text("\n".join(json.dumps(book) for book in (SANTI, OTHER_SANTI, HONGLOU)), "utf-8")
    run(app, "import", path)
    assert run(app, "overrides").output == "nothing was decided\n"
    merge = ("merge", "978-7-5366-9293-0", "9787020002207", "--reason", "a test")
    assert run(app, *merge).output == "merged; `catalogue undo 1` takes it back\n"
    with app.app_context():
        books = [container.catalogue.books.find(str(book["isbn13"])) for book in (SANTI, OTHER_SANTI, HONGLOU)]
    assert len({book and book.work_id for book in books}) == 1
    again = run(app, *merge)
    assert again.exit_code == 1
    assert "count as the same book already" in again.output
    assert "`catalogue undo 2`" in run(app, "part", "9787229030933", "--reason", "another translation").output
    assert "`catalogue undo 3`" in run(app, "part", "9787229030933", "--into", "9787536692930", "--reason", "x").output
    assert run(app, "undo", "1", "--reason", "was wrong").output == "decision 1 is taken back\n"
    third, second, first = run(app, "overrides").output.splitlines()
    assert "put    9787229030933 三体（精装） + 9787536692930 三体  operator: x" in third
    assert "part   9787229030933 三体（精装）  operator: another translation" in second
    assert "merge (taken back)  9787536692930 三体 + 9787020002207 红楼梦  operator: a test" in first
    assert "had done this before" in run(app, "undo", "1", "--reason", "was wrong").output


def test_links_of_translations_are_printed_for_people_to_check(app: Flask) -> None:
    stock(app)
    assert "says:" not in run(app, "families").output
    printed = run(app, "families", "--sample", "60").output
    assert "1 of 1 links, seed 1" in printed
    assert re.search(
        r"  1  9787544253994  zh   百年孤独 .*says: Cien años de soledad\n ->  9780307474728  es ", printed
    )


def test_short_editions_are_printed_and_called_whole(app: Flask) -> None:
    assert "no edition is short" in run(app, "short-editions").output
    numbers = ("9787020000012", "9787020000029", "9787020000036", "9787020000043")
    books = zip(numbers, ("1200", "1100", "1300", "400"), strict=True)
    stock(app, [BookFacts(isbn13=isbn, title="平凡的世界", authors=("路遥",), pages=told) for isbn, told in books])
    said = run(app, "short-editions").output
    assert "all works looked at" in said
    assert "9787020000043    400 of  1150 pages  平凡的世界" in said
    assert run(app, "whole", "7-02-000004-5", "--reason", "small type").output == (
        "called whole; `catalogue undo 1` takes it back\n"
    )
    assert "9787020000043" not in run(app, "short-editions").output
    assert "whole  9787020000043 平凡的世界  operator: small type" in run(app, "overrides").output
    run(app, "undo", "1", "--reason", "x")
    assert "9787020000043" in run(app, "short-editions").output


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("merge", "9787536692931", "9787020002207", "--reason", "x"), "not a valid ISBN: 9787536692931"),
        (("part", "9787536692931", "--reason", "x"), "not a valid ISBN: 9787536692931"),
        (("part", "9787536692930", "--into", "123", "--reason", "x"), "not a valid ISBN: 123"),
        (("part", "7536692935", "--reason", "x"), "There is no book with the ISBN 9787536692930"),
        (("merge", "9787536692930", "9787020002207", "--reason", "x"), "There is no book with the ISBN 9787536692930"),
        (("part", "9787536692930", "--reason", " "), "1 to 200 characters, please"),
        (("part", "9787536692930", "--reason", "\u200b"), "1 to 200 characters, please"),
        (("part", "9787536692930", "--reason", "x" * 201), "1 to 200 characters, please"),
        (("part", "9787536692930"), "Missing option '--reason'"),
        (("undo", "7", "--reason", "x"), "There is no such decision"),
    ],
)
def test_mistakes_are_said(app: Flask, typed: tuple[str, ...], said: str) -> None:
    result = run(app, *typed)
    assert result.exit_code
    assert said in result.output
    assert "Traceback" not in result.output
