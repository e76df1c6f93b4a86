"""Small files that other programs and people have written, imported at the command line: each row has its right value."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import Result
from flask import Flask

from app.container import container
from app.domain.book import BookFacts
from app.extensions import db
from app.models.book import BookAlias
from tests.support.paths import ROOT

CASES = ROOT / "tests" / "cases"
YU_YU = BookFacts(isbn13="9787810911863", title="幽游白书", authors=("富坚义博",))
AUTHORS = (
    '/type/author\t/authors/OL7A\t1\tx\t{"name": "Later Form"}\n'
    '/type/author\t/authors/OL8A\t1\tx\t{"name": "Merged Into"}\n'
    '/type/author\t/authors/OL9A\t1\tx\t{"personal_name": "Personal Only"}\n'
    '/type/redirect\t/authors/OL10A\t1\tx\t{"location": "/authors/OL11A"}\n'
    '/type/redirect\t/authors/OL11A\t1\tx\t{"location": "/authors/OL8A"}\n'
    '/type/redirect\t/authors/OL12A\t1\tx\t{"location": "/authors/OL12A"}\n'
)

STORED = [
    ("C01-b.csv", {"9789900000013": {"title": "Cat one", "authors": ("Somebody",)}}),
    ("C02-b.csv", {"9799900001026": {"title": "Cat two"}}),
    ("C04-b.csv", {"9799900001033": {"title": "Cat four", "authors": ("Ann Author",)}}),
    ("C06-b.csv", {"9799900001040": {"title": "Cat six"}, "9799900001057": {"title": "Cat six b"}}),
    ("C08-b.csv", {"9799900001071": {"title": "猫八"}}),
    ("C09-b.csv", {"9799900001088": {"title": "Cat nine"}}),
    (
        "C12-b.csv",
        {
            "9799900001118": {"title": '"Cat twelve', "publisher": "X"},
            "9799900001125": {"title": "Cat 12b", "publisher": "Y"},
            "9799900001132": {"title": "Cat 12c", "publisher": "Z"},
        },
    ),
    ("C16-b.jsonl", {"9799900001163": {"title": "Cat sixteen"}, "9799900001170": {"title": "Cat 16b"}}),
    ("C18-b.json", {"9799900001217": {"title": "Cat eighteen"}}),
    ("C22-b.csv", {"9799900001255": {"title": "Cat & Mouse '22", "authors": ("José X",)}}),
    ("O02-e.txt", {"9799900005024": {"title": "Dump two", "summary": "a b"}}),
    ("O06-e.txt", {"9799900005055": {"title": "Dump six", "authors": ("Later Form",)}}),
    ("O07-e.txt", {"9799900005062": {"title": "Dump seven", "authors": ("Merged Into",)}}),
    ("O08-e.txt", {"9799900005079": {"title": "Dump eight", "authors": ("Personal Only",)}}),
    ("O11-e.txt", {"9799900005109": {"title": "Dump eleven", "publisher": "One", "language": "en"}}),
    ("O14-e.txt", {"9799900005130": {"title": "Dump 14"}}),
    ("O20-e.txt", {"9799900005208": {"title": "Dump 20", "pages": ""}}),
    (
        "X07-feed.csv",
        {
            "9799900900015": {"title": "Bad Title", "authors": ("AB",)},
            "9799900900022": {"title": "Next line x", "authors": ("C",)},
        },
    ),
]


def import_(app: Flask, path: Path, *options: str | Path) -> Result:
    result = app.test_cli_runner().invoke(args=["catalogue", "import", str(path), *map(str, options)])
    assert result.exit_code == 0, result.output
    assert "Traceback" not in result.output
    return result


def import_text(app: Flask, folder: Path, text: str, name: str = "books.csv") -> Result:
    path = folder / name
    path.write_text(text, "utf-8")
    return import_(app, path)


def counts(result: Result) -> dict[str, int]:
    """Read the closing summary: what became of how many rows."""
    return {
        name: int(number) for number, name in re.findall(r"(\d+) (rows|new|changed|unchanged|rejected)", result.output)
    }


def book(isbn13: str) -> BookFacts:
    found = container.catalogue.books.find(isbn13)
    assert found is not None, isbn13
    return found.facts


@pytest.mark.parametrize(("name", "books"), STORED, ids=[name for name, _books in STORED])
def test_every_row_is_stored_with_its_right_values(
    any_database_app: Flask, tmp_path: Path, name: str, books: dict[str, dict[str, object]]
) -> None:
    app = any_database_app
    authors = tmp_path / "authors.txt"
    authors.write_text(AUTHORS, "utf-8")
    options = ("--authors", authors) if name.startswith("O") else ()
    said = counts(import_(app, CASES / name, "--rejects", tmp_path / "rejects.csv", *options))
    assert (said["rows"], said["new"], said["rejected"]) == (len(books), len(books), 0)
    with app.app_context():
        for isbn13, values in books.items():
            facts = book(isbn13)
            assert {each: getattr(facts, each) for each in values} == values
        assert container.catalogue.books.count() == len(books)


def test_an_exponent_form_renames_no_book(any_database_app: Flask, tmp_path: Path) -> None:
    app, rejects = any_database_app, tmp_path / "rejects.csv"
    with app.app_context():
        container.catalogue.writer.store([YU_YU])
    assert counts(import_(app, CASES / "C23-overwrite.csv", "--rejects", rejects))["rejected"] == 1
    assert "a spreadsheet has shortened the ISBN to 9.7810911864e+12" in rejects.read_text("utf-8")
    with app.app_context():
        assert book(YU_YU.isbn13) == YU_YU
        assert container.catalogue.books.count() == 1


def test_a_shortened_number_beside_a_whole_one_is_remarked_on(app: Flask, tmp_path: Path) -> None:
    said = import_(app, CASES / "C01-b.csv", "--rejects", tmp_path / "rejects.csv").output
    assert "1 rows had another number that a spreadsheet has shortened" in said


def test_lines_with_bytes_that_cannot_be_read_are_told_and_corrupt_no_known_book(app: Flask, tmp_path: Path) -> None:
    import_text(app, tmp_path, "isbn13,title,authors\n9787536692930,三体（全集）,刘慈欣\n")
    path = tmp_path / "bad.csv"
    rows = "isbn13,title,authors\n9787536692930,三体（全?）,刘慈欣\n9787506365437,活着,余?\n".encode()
    path.write_bytes(rows.replace(b"?", b"\xff"))
    said = import_(app, path).output
    assert "2 lines have bytes that are no UTF-8 (lines 2, 3)" in said
    with app.app_context():
        assert book("9787536692930").title == "三体（全集）"
        assert book("9787506365437").authors == ("余\ufffd",)


@pytest.mark.parametrize("name", ["L70-float.csv", "L10-list.csv", "C23-overwrite.csv"])
def test_no_list_with_shortened_numbers_adds_a_book(app: Flask, tmp_path: Path, name: str) -> None:
    result = app.test_cli_runner().invoke(
        args=["catalogue", "import", str(CASES / name), "--rejects", str(tmp_path / "rejects.csv")]
    )
    assert "Traceback" not in result.output
    with app.app_context():
        assert container.catalogue.books.count() == 0


def test_feeds_parse_whatever_was_imported(app: Flask, tmp_path: Path) -> None:
    import_(app, CASES / "X07-feed.csv", "--rejects", tmp_path / "rejects.csv")
    for path in ("/recent.atom", "/sitemap/books.xml", "/cover/9799900900015", "/cover/9799900900022"):
        ET.fromstring(app.test_client().get(path).data)


@pytest.mark.parametrize(
    ("title", "stays"),
    [
        ("A Quite Different Book", True),
        ("The Art of War", True),
        ("Three Kingdoms", True),
        ("幽遊白書 完全版", False),
        ("You you bai shu", False),
        ("幽游白书（1）", False),
    ],
)
def test_a_title_gives_way_only_to_one_that_shares_something_with_it(
    any_database_app: Flask, tmp_path: Path, title: str, stays: bool
) -> None:
    with any_database_app.app_context():
        container.catalogue.writer.store([YU_YU])
    said = import_text(any_database_app, tmp_path, f"isbn13,title,publisher\n{YU_YU.isbn13},{title},某社\n")
    with any_database_app.app_context():
        assert book(YU_YU.isbn13).title == ("幽游白书" if stays else title)
        assert book(YU_YU.isbn13).publisher == ("" if stays else "某社")
    assert counts(said)["rejected"] == int(stays)
    if stays:
        rejects = (tmp_path / "books.csv.rejects.csv").read_text("utf-8")
        assert f"the catalogue has “幽游白书” under this ISBN, the row says “{title}”" in rejects


@pytest.mark.parametrize("title", ["Untitled", "[untitled]", "无题", "Unknown Title"])
def test_a_title_that_is_none_replaces_no_title_but_its_row_counts(app: Flask, tmp_path: Path, title: str) -> None:
    untitled = f"isbn13,title,publisher\n9780306406157,A Title,\n9780306406157,{title},Springer\n"
    said = counts(import_text(app, tmp_path, untitled))
    assert (said["new"], said["changed"]) == (1, 1)
    with app.app_context():
        assert (book("9780306406157").title, book("9780306406157").publisher) == ("A Title", "Springer")


def test_a_real_title_replaces_one_that_is_none(app: Flask, tmp_path: Path) -> None:
    rows = "isbn13,title\n9780306406157,Untitled\n9780306406157,A Title\n"
    assert counts(import_text(app, tmp_path, rows))["changed"] == 1
    with app.app_context():
        assert book("9780306406157").title == "A Title"


def test_two_columns_of_one_meaning_never_empty_each_other(app: Flask, tmp_path: Path) -> None:
    header = "ISBN,书名,title,author,authors,ISBN13,出版社"
    rows = '9780306406157,,One,,A,,X\n,Two,,B,, 978-7-5366-9293-0 ,Y\n="0306406158",Three,3,C,D,"9789900000013",\n'
    assert counts(import_text(app, tmp_path, f"{header}\n{rows}"))["new"] == 3
    with app.app_context():
        stored = [book(isbn) for isbn in ("9780306406157", "9787536692930", "9789900000013")]
    assert [(each.title, each.authors) for each in stored] == [("One", ("A",)), ("Two", ("B",)), ("Three", ("C",))]


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_second_numbers_come_in_and_go_out_with_their_book(
    any_database_app: Flask, tmp_path: Path, suffix: str
) -> None:
    app = any_database_app
    rows = 'isbn13,isbn,title\n9780306406157,0306406152,One\n9787536692930,"9789900000013; 0306406152",三体\n'
    assert counts(import_text(app, tmp_path, rows))["new"] == 2
    exported = tmp_path / f"all.{suffix}"
    app.test_cli_runner().invoke(args=["catalogue", "export", str(exported)])
    with app.app_context():
        assert [aliases for _facts, aliases in container.catalogue.books.walk()] == [(), ("9789900000013",)]
        before = list(container.catalogue.books.walk())
        with db.auto_commit():
            BookAlias.query.delete()
    assert counts(import_(app, exported))["unchanged"] == 2
    with app.app_context():
        assert list(container.catalogue.books.walk()) == before


def test_what_looks_like_an_entity_survives_an_export(app: Flask, tmp_path: Path) -> None:
    odd = BookFacts(isbn13="9780306406157", title="&lt;br&gt; &amp; AT&T", authors=("A &amp, B",), summary="&amp;#39;")
    for suffix in ("csv", "jsonl"):
        with app.app_context():
            container.catalogue.writer.store([odd])
        exported = tmp_path / f"all.{suffix}"
        app.test_cli_runner().invoke(args=["catalogue", "export", str(exported)])
        assert counts(import_(app, exported))["unchanged"] == 1


def test_the_summary_names_the_encoding_and_the_columns_that_are_not_used(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "douban.csv"
    path.write_bytes("书名,我的评分,ISBN,标记日期,作者\n活着,5,9787506365437,2020-01-01,余华\n".encode("gb18030"))
    said = import_(app, path).output
    assert "read as GB 18030\n" in said
    assert "columns not used: 我的评分, 标记日期\n" in said


REJECTED = {
    "table.csv": 'isbn13,title,authors\n9780306406158,Wrong,"A, B"\n,No number,\n9780306406157,Right,\n9780306406157,"Quite\nelse",\n'
    "9.78E+12,Short,\n9780306406157,too,many,cells\n9787536692930\n=2+3,'Apostrophe,\n",
    "lines.jsonl": '{"isbn13": "123", "title": "x"}\n{broken "quote", comma\n{"isbn13": "9780306406157", "title": "Right"}\n[1]\n',
    "array.json": '[{"isbn13": "123",\n "title": "x"},\n {"isbn13": "9780306406157", "title": "Right"}, 7, {"a": tru}, {"title": "y"}]',
    "dump.txt": '/type/edition\t/books/OL1M\t1\tx\t{"title": "x", "isbn_13": ["1"]}\n/type/edition\tbroken\n"quoted", line\n'
    '/type/edition\t/books/OL2M\t1\tx\t{"title": "Right", "isbn_13": ["9780306406157"]}\n',
}


@pytest.mark.parametrize("name", REJECTED)
def test_a_rejects_file_can_be_sent_in_again_as_it_is(app: Flask, tmp_path: Path, name: str) -> None:
    first = counts(import_text(app, tmp_path, REJECTED[name], name))
    assert first["new"] == 1
    assert first["rows"] == first["new"] + first["rejected"]
    rejects = tmp_path / f"{name}.rejects.csv"
    again = counts(import_(app, rejects))
    assert (again["rows"], again["rejected"]) == (first["rejected"], first["rejected"])
    assert refusals(tmp_path / f"{rejects.name}.rejects.csv") == refusals(rejects)


def refusals(path: Path) -> list[list[str]]:
    """Return the header and the rows of a rejects file, apart from the rows' numbers."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [cells[1:] for cells in csv.reader(lines)]


def test_a_rejects_file_is_never_written_over_while_it_is_read(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_text("isbn13,title\n123,x\n", "utf-8")
    result = app.test_cli_runner().invoke(args=["catalogue", "import", str(path), "--rejects", str(path)])
    assert (result.exit_code, path.read_text("utf-8")) == (2, "isbn13,title\n123,x\n")


def test_no_name_or_title_ends_a_command_on_a_terminal_that_cannot_show_it(data_dir: Path, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xca\xe9.csv"))
    path.write_text("isbn13,书名,评分\n9780306406157,三体,5\n123,活着,5\n", "utf-8")
    program = [sys.executable, "-m", "flask", "--app", "fisher", "catalogue"]
    settings = os.environ | {
        "YUSHU_DATA_DIR": str(data_dir),
        "PYTHONIOENCODING": "ascii:strict",
        "YUSHU_ENV": "development",
    }
    for command in (["import", path], ["status"], ["add-isbn", "9780306406157", "--title", "三体"]):
        done = subprocess.run(
            [*program, *command], env=settings, capture_output=True, check=False, cwd=CASES.parents[1]
        )
        assert done.returncode == 0, done.stderr
        assert b"Traceback" not in done.stderr
