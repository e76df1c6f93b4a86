"""Files of books are read as a stream: every row is a book, a reject with its reason, or skipped."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.catalogue.bookfiles import BookFile, EmptyFile, Format, open_book_file
from app.services.catalogue.bookfiles.author_names import StoredAuthorNames, write_author_names
from app.services.catalogue.bookfiles.csv_rows import NoHeader
from app.services.catalogue.bookfiles.rows import LONGEST_ROW, Accepted, FileRow, Rejected, Skipped
from app.services.catalogue.bookfiles.streams import FileDamaged, fingerprint
from app.services.catalogue.bookfiles.writing import RejectsFile

CSV = """isbn13,title,authors,popularity
9787536692930,三体,刘慈欣,9
9787536692931,三体,刘慈欣,9

9787020002207,,曹雪芹,9
9780306406157,"A ""quoted"",
two-line title",A;B,
"""


def rows_of(path: Path, *, skip: int = 0, format_: Format | None = None) -> list[FileRow]:
    """Read the whole file."""
    with open_book_file(path, format_=format_) as file:
        return list(file.content.rows(skip=skip))


def reasons(rows: list[FileRow]) -> list[str]:
    """Return what became of each row: the ISBN of a book, or why it was refused."""
    return [
        row.facts.isbn13
        if isinstance(row, Accepted)
        else row.reason.message("en")
        if isinstance(row, Rejected)
        else "skipped"
        for row in rows
    ]


def edition(**facts: object) -> str:
    """Write one row of an editions dump."""
    said = {"isbn_13": ["9787536692930"], "title": "三体"} | facts
    return "\t".join(("/type/edition", "/books/OL1M", "3", "2020-01-01T00:00:00", json.dumps(said))) + "\n"


@pytest.fixture
def book_csv(tmp_path: Path) -> Path:
    path = tmp_path / "books.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


def test_a_csv_gives_books_and_rejects_in_order(book_csv: Path) -> None:
    assert reasons(rows_of(book_csv)) == [
        "9787536692930", "not a valid ISBN: 9787536692931", "no title", "9780306406157",
    ]  # fmt: skip


def test_a_quoted_cell_may_hold_commas_quotes_and_line_ends(book_csv: Path) -> None:
    last = rows_of(book_csv)[-1]
    assert isinstance(last, Accepted)
    assert (last.number, last.facts.title, last.facts.authors) == (4, 'A "quoted", two-line title', ("A", "B"))


def test_skipping_rows_goes_on_exactly_where_an_earlier_reading_stopped(book_csv: Path) -> None:
    assert reasons(rows_of(book_csv, skip=2)) == reasons(rows_of(book_csv))[2:]
    assert [row.number for row in rows_of(book_csv, skip=3)] == [4]


def test_a_gzipped_file_is_known_by_its_first_bytes_not_its_name(tmp_path: Path, book_csv: Path) -> None:
    packed = tmp_path / "download"
    packed.write_bytes(gzip.compress(book_csv.read_bytes()))
    assert reasons(rows_of(packed)) == reasons(rows_of(book_csv))


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_delimiters_a_byte_order_mark_and_other_column_names_are_understood(
    tmp_path: Path, delimiter: str
) -> None:
    path = tmp_path / "excel.csv"
    path.write_text(
        delimiter.join(("ISBN", "Title", "Author")) + "\r\n" + delimiter.join(("9787536692930", "三体", "刘慈欣")),
        "utf-8-sig",
    )
    (row,) = rows_of(path)
    assert isinstance(row, Accepted)
    assert row.facts.authors == ("刘慈欣",)


@pytest.mark.parametrize("text", ["name,price\n1,2\n", "\x00\x01\x02\n", "just some prose\n"])
def test_a_file_without_the_columns_is_refused_whole(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(NoHeader):
        rows_of(path)


@pytest.mark.parametrize("text", ["", "\n\n  \n"])
def test_an_empty_file_says_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "empty.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(EmptyFile):
        rows_of(path)


def test_broken_rows_are_refused_one_by_one_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    lines = [
        b"isbn13,title",
        b"9787536692930,\xe4\xb8",
        b"9787536692930",
        b"9787536692930,a,b",
        b"9787536692930,Nul\x00l",
        b"9787536692930," + b"x" * (LONGEST_ROW + 5),
        b"9780306406157,Good",
    ]
    path.write_bytes(b"\n".join(lines))
    assert reasons(rows_of(path)) == [
        "no title",
        "1 cells where the header has 2",
        "3 cells where the header has 2",
        "9787536692930",
        f"row longer than {LONGEST_ROW} characters",
        "9780306406157",
    ]


def test_a_quote_that_is_never_closed_costs_no_row(tmp_path: Path) -> None:
    path = tmp_path / "quote.csv"
    good = "9780306406157,Good\n" * 20_000
    path.write_text("isbn13,title\n" + '9787536692930,"open\n' + good, "utf-8")
    said = reasons(rows_of(path))
    assert said == ["9787536692930"] + ["9780306406157"] * 20_000


@pytest.mark.parametrize(
    "said",
    [
        '"identifiers": {"isbn_13": ["9787536692930"], "oclc": ["0306406152"]}',
        '"industryIdentifiers": [{"type": "ISBN_13", "identifier": "9787536692930"}]',
        '"identifiers": {"isbn": 9787536692930}',
    ],
)
def test_json_finds_the_number_among_nested_identifiers(tmp_path: Path, said: str) -> None:
    path = tmp_path / "books.jsonl"
    path.write_text('{"title": "三体", ' + said + "}\n")
    [row] = rows_of(path)
    assert isinstance(row, Accepted)
    assert row.facts.isbn13 == "9787536692930"


def test_json_lines_take_lists_or_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "books.jsonl"
    lines = [
        {"isbn13": "9787536692930", "title": "三体", "authors": ["刘慈欣"]},
        {"isbn": "9780306406157", "title": "T", "authors": "A;B", "pages": 12},
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n[1]\n{broken\n" + "[" * 100_000 + "\n", "utf-8")
    rows = rows_of(path)
    assert reasons(rows) == [
        "9787536692930",
        "9780306406157",
        "not a JSON object",
        "not a JSON object",
        "not a JSON object",
    ]
    assert isinstance(rows[1], Accepted)
    assert (rows[1].facts.authors, rows[1].facts.pages) == (("A", "B"), "12")


def test_an_edition_of_the_dump_gives_its_facts(tmp_path: Path) -> None:
    path = tmp_path / "ol_dump_editions.txt.gz"
    said = {
        "isbn_10": ["7536692935"], "isbn_13": [], "title": "Three-Body Problem", "title_prefix": "The ",
        "subtitle": "a novel", "by_statement": "by Liu Cixin ; translated by Ken Liu.", "publishers": ["Tor", "Head of Zeus"],
        "publish_date": "November 2014", "number_of_pages": 400, "physical_format": "Hardcover", "series": ["Remembrance"],
        "languages": [{"key": "/languages/eng"}], "subjects": ["Science fiction", "China"], "covers": [-1, 77],
        "translation_of": "三体", "description": {"type": "/type/text", "value": "One.\r\n\r\nTwo."},
        "contributors": [{"role": "Translator", "name": "Ken Liu"}, {"role": "Cover", "name": "X"}], "authors": [{"key": "/authors/OL9A"}],
    }  # fmt: skip
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.write(edition(**said))
    (row,) = rows_of(path)
    assert isinstance(row, Accepted)
    facts = row.facts
    assert (facts.isbn13, facts.title, facts.subtitle) == ("9787536692930", "The Three-Body Problem", "a novel")
    assert (facts.authors, facts.translators) == (("Liu Cixin",), ("Ken Liu",))
    assert (facts.publisher, facts.pubdate, facts.pages, facts.binding) == ("Tor", "November 2014", "400", "Hardcover")
    assert (facts.language, facts.original_title, facts.series) == ("en", "三体", "Remembrance")
    assert (facts.subjects, facts.summary) == (("Science fiction", "China"), "One.\nTwo.")
    assert facts.cover == "https://covers.openlibrary.org/b/id/77-M.jpg"
    assert facts.source == "open_library"


@pytest.mark.parametrize(
    ("line", "fate"),
    [
        ("/type/author\t/authors/OL1A\t1\t2020\t{}\n", "skipped"),
        ("/type/redirect\t/books/OL1M\t1\t2020\t{}\n", "skipped"),
        ("/type/edition\t/books/OL1M\t1\n", "not the five tab-separated columns of an Open Library dump"),
        ("garbage\n", "not the five tab-separated columns of an Open Library dump"),
        ("/type/edition\t/books/OL1M\t1\t2020\t{broken\n", "not a JSON object"),
        (edition(isbn_13=[]), "no ISBN"),
        (edition(isbn_13=["123", "978-0-306-40615-7"]), "9780306406157"),
        (edition(isbn_13=["123"]), "not a valid ISBN: 123"),
        (edition(isbn_13="9787536692930"), "9787536692930"),
        (edition(title=None), "no title"),
        (
            edition(languages=["chi"], authors=["x", {"key": 5}, None], series=[{"key": "/series/1"}], covers="x"),
            "9787536692930",
        ),
        (edition(title="\ud800"), "no title"),
        (edition(title="三\ud800体"), "9787536692930"),
    ],
)
def test_every_row_of_a_dump_has_a_fate(tmp_path: Path, line: str, fate: str) -> None:
    path = tmp_path / "dump.txt"
    path.write_text(line, "utf-8")
    assert reasons(rows_of(path, format_="openlibrary")) == [fate]


def test_authors_of_a_dump_get_their_names_from_the_authors_dump(tmp_path: Path) -> None:
    names = tmp_path / "authors.sqlite"
    dump = [
        '/type/author\t/authors/OL9A\t1\t2020\t{"name": "Liu Cixin"}\n',
        '/type/author\t/authors/OL10A\t1\t2020\t{"name": "  "}\n',
        "/type/author\t/authors/OL11A\t1\t2020\t{broken\n",
        '/type/redirect\t/authors/OL12A\t1\t2020\t{"name": "No"}\n',
    ]
    assert write_author_names(dump, names) == 1
    path = tmp_path / "dump.txt"
    path.write_text(
        edition(authors=[{"key": "/authors/OL9A"}, {"key": "/authors/OL10A"}]) + edition(by_statement="by Somebody."),
        "utf-8",
    )
    stored = StoredAuthorNames(names)
    with open_book_file(path, author_names=stored) as file:
        authors = [row.facts.authors for row in file.content.rows() if isinstance(row, Accepted)]
    stored.close()
    assert authors == [("Liu Cixin",), ("Somebody",)]


def test_a_download_that_was_cut_short_says_so_after_its_whole_rows(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv.gz"
    books = "isbn13,title\n" + "".join(f"9787536692930,Title {number}\n" for number in range(20_000))
    path.write_bytes(gzip.compress(books.encode())[:-2000])
    seen = 0
    with open_book_file(path) as file, pytest.raises(FileDamaged, match="cut short"):
        for _row in file.content.rows():
            seen += 1
    assert seen > 10_000


def test_a_large_file_is_read_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.txt.gz"
    with gzip.open(path, "wt", encoding="utf-8") as out:
        for _ in range(10_000):
            out.write(edition(description="x" * 1_000))
    tracemalloc.start()
    with open_book_file(path) as file:
        count = sum(1 for _ in file.content.rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 10_000
    assert peak < 6_000_000


def test_progress_is_counted_in_stored_bytes_up_to_the_files_size(tmp_path: Path) -> None:
    path = tmp_path / "large.csv.gz"
    path.write_bytes(gzip.compress(("isbn13,title\n" + "9787536692930,T\n" * 20_000).encode()))
    with open_book_file(path) as file:
        positions = [file.stream.position() for _ in file.content.rows()]
        assert positions == sorted(positions)
        assert positions[-1] == file.stream.size == path.stat().st_size


def test_a_fingerprint_knows_a_moved_file_and_tells_a_changed_one(tmp_path: Path, book_csv: Path) -> None:
    before = fingerprint(book_csv)
    moved = book_csv.rename(tmp_path / "moved.csv")
    assert fingerprint(moved) == before
    moved.write_text(CSV.replace("刘", "劉"), "utf-8")
    assert fingerprint(moved) != before


@pytest.fixture
def rejected(book_csv: Path) -> Iterator[tuple[BookFile, list[Rejected]]]:
    with open_book_file(book_csv) as file:
        yield file, [row for row in file.content.rows() if isinstance(row, Rejected)]


def test_a_rejects_file_can_be_corrected_and_imported_again(
    tmp_path: Path, rejected: tuple[BookFile, list[Rejected]]
) -> None:
    file, rows = rejected
    path = tmp_path / "rejects.csv"
    with RejectsFile(path, file.content.header) as out:
        out.add(rows)
    lines = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    assert [(line["row"], line["reason"]) for line in lines] == [
        ("2", "not a valid ISBN: 9787536692931"),
        ("3", "no title"),
    ]
    path.write_text(
        path.read_text("utf-8").replace("9787536692931,三体", "9787536692930,三体").replace("02207,,", "02207,红楼梦,"),
        "utf-8",
    )
    assert reasons(rows_of(path)) == ["9787536692930", "9787020002207"]


@pytest.mark.parametrize("first", ['{"isbn13": "', '{"title": "三体"}\n{"isbn13": "'], ids=["first", "later"])
def test_a_refused_line_of_any_length_is_read_and_can_be_imported_again(tmp_path: Path, first: str) -> None:
    path, rejects = tmp_path / "books.jsonl", tmp_path / "rejects.csv"
    path.write_text(first + "x" * 200_000 + '"}\n', "utf-8")
    with open_book_file(path) as file, RejectsFile(rejects, file.content.header) as out:
        refused = [row for row in file.content.rows() if isinstance(row, Rejected)]
        out.add(refused)
    assert reasons(rows_of(rejects)) == [row.reason.message("en") for row in refused]
    assert len(refused) == first.count("{")


def test_a_rejects_file_forgets_what_came_after_the_last_checkpoint(
    tmp_path: Path, rejected: tuple[BookFile, list[Rejected]]
) -> None:
    file, rows = rejected
    path = tmp_path / "rejects.csv"
    with RejectsFile(path, file.content.header) as out:
        out.add(rows[:1])
        checkpoint = out.size()
        out.add(rows[1:])
    with RejectsFile(path, file.content.header, size=checkpoint) as out:
        out.add(rows[1:])
    assert path.read_text("utf-8").count("no title") == 1
    assert len(path.read_text("utf-8").splitlines()) == 3


def test_a_skipped_row_keeps_its_number(tmp_path: Path) -> None:
    path = tmp_path / "dump.txt"
    path.write_text("/type/work\t/works/OL1W\t1\t2020\t{}\n" + edition(), "utf-8")
    first, second = rows_of(path)
    assert first == Skipped(1)
    assert second.number == 2
