"""Files of books of any kind: as many outcomes as rows, counted by another reader, and never an error but a refusal."""

from __future__ import annotations

import csv
import gzip
import io
import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.cells import disarmed
from app.domain.errors import Refusal
from app.services.catalogue.bookfiles import FORMATS, Format, open_book_file
from app.services.catalogue.bookfiles.rows import Accepted, FileRow, Rejected
from app.services.catalogue.bookfiles.writing import RejectsFile

ISBNS = ("9780306406157", "9787536692930", "0306406152", "7-5366-9293-5", "9787536692931", "9.78E+12", "", "123")
CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=12) | st.sampled_from(
    ["", '"', '"a', 'a"b', "a,b", "a;b", "two\nlines", "&amp;", "'=1", "=", "=1", "+x", "＝1", "Untitled", "三体"]
)
TABLE = st.lists(st.tuples(st.sampled_from(ISBNS), CELL, CELL, CELL), min_size=1, max_size=12)
HERE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path: Path, format_: Format | None = None) -> list[FileRow]:
    with open_book_file(path, format_=format_) as file:
        return list(file.content.rows())


@HERE
@given(TABLE, st.sampled_from(",;\t|"), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
def test_a_table_has_as_many_outcomes_as_another_reader_counts_rows(
    tmp_path: Path, rows: list[tuple[str, ...]], delimiter: str, quoting: int
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([("isbn", "title", "authors", "publisher"), *rows])
    path = tmp_path / "table.csv"
    path.write_text(text.getvalue(), "utf-8", newline="")
    counted = sum(1 for _ in csv.reader(io.StringIO(text.getvalue()), delimiter=delimiter)) - 1
    assert len(read(path)) == counted == len(rows)


@HERE
@given(TABLE, st.booleans())
def test_json_has_as_many_outcomes_as_another_reader_counts_objects(
    tmp_path: Path, rows: list[tuple[str, ...]], is_array: bool
) -> None:
    objects = [dict(zip(("isbn", "title", "authors", "publisher"), row, strict=True)) for row in rows]
    text = json.dumps(objects, indent=1) if is_array else "".join(json.dumps(each) + "\n" for each in objects)
    path = tmp_path / "books.json"
    path.write_text(text, "utf-8")
    assert len(read(path)) == len(objects)


@HERE
@given(TABLE)
def test_rows_that_are_sent_in_again_are_refused_again_for_the_same_reason(
    tmp_path: Path, rows: list[tuple[str, ...]]
) -> None:
    path = tmp_path / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("isbn", "title", "authors", "publisher"), *rows])
    refused = [row for row in read(path) if isinstance(row, Rejected)]
    again = tmp_path / "rejects.csv"
    again.unlink(missing_ok=True)
    with RejectsFile(again, ("isbn", "title", "authors", "publisher")) as file:
        file.add(refused)
    if refused:
        seen = [(row.reason.message("en"), row.cells) for row in read(again) if isinstance(row, Rejected)]
        assert seen == [(row.reason.message("en"), tuple(map(disarmed, row.cells))) for row in refused]


@HERE
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"isbn13,title\n", b"[", b'{"isbn": "', b"/type/edition\t"]),
    st.booleans(),
)
def test_no_bytes_raise_anything_but_a_refusal(tmp_path: Path, data: bytes, start: bytes, is_packed: bool) -> None:
    path = tmp_path / "any"
    path.write_bytes(gzip.compress(start + data)[: len(data) + 10] if is_packed else start + data)
    for format_ in (None, *FORMATS):
        with suppress(Refusal):
            read(path, format_)


def test_an_array_on_one_long_line_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "array.json"
    book = {"isbn13": "9780306406157", "title": "x", "summary": "},{" * 300}
    path.write_text(json.dumps([book] * 5_000), "utf-8")
    rows = read(path)
    assert (len(rows), {type(row) for row in rows}) == (5_000, {Accepted})


@pytest.mark.parametrize(
    "text", ['[{"isbn13": "9780306406157", "title": "x"}', '[{"isbn13": "9780306406157", "title": "x"}] and more']
)
def test_an_array_that_was_cut_short_or_goes_on_says_so_after_its_rows(tmp_path: Path, text: str) -> None:
    path = tmp_path / "array.json"
    path.write_text(text, "utf-8")
    seen: list[FileRow] = []
    with open_book_file(path) as file, pytest.raises(Refusal, match="JSON array"):
        seen.extend(file.content.rows())
    assert [type(row) for row in seen] == [Accepted]


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("gb18030", "GB 18030"),
        ("cp932", "Shift-JIS"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_is_understood(tmp_path: Path, codec: str, name: str, ending: str) -> None:
    second = "雪国" if codec == "cp932" else "活着"
    path = tmp_path / "books.csv"
    path.write_bytes(f"isbn13,title{ending}9787536692930,三体{ending}9787506365437,{second}{ending}".encode(codec))
    with open_book_file(path) as file:
        titles = [row.facts.title for row in file.content.rows() if isinstance(row, Accepted)]
        assert (titles, file.encoding) == (["三体", second], name)


@pytest.mark.parametrize("packed", [False, True])
def test_the_first_line_that_tells_the_encoding_may_stand_anywhere(tmp_path: Path, *, packed: bool) -> None:
    """Nine MiB of ASCII stand before it."""
    rows = b"isbn13,title\n" + b"9780306406157,%s\n" % (b"x" * 1000) * 9_300 + "9787536692930,三体\n".encode("gb18030")
    path = tmp_path / "books.csv"
    path.write_bytes(gzip.compress(rows, 1) if packed else rows)
    with open_book_file(path) as file:
        titles = [row.facts.title for row in file.content.rows() if isinstance(row, Accepted)]
        assert (titles[-1], file.encoding, file.stream.unreadable.count) == ("三体", "GB 18030", 0)


@pytest.mark.parametrize(("name", "head"), [("books.csv", "isbn13,title\n"), ("books.jsonl", ""), ("books.json", "[")])
def test_lines_with_bytes_that_cannot_be_read_are_counted_and_the_first_named(
    tmp_path: Path, name: str, head: str
) -> None:
    row = "9787536692930,三体\n" if name == "books.csv" else '{"isbn13": "9787536692930", "title": "三体"}\n'
    good = row.encode() if head != "[" else row.encode().replace(b"\n", b",\n")
    bad = good.replace("体".encode(), b"\xff")
    end = b'{"isbn13": "9787506365437", "title": "x"}]' if head == "[" else b""
    path = tmp_path / name
    path.write_bytes(head.encode() + good * 3 + bad + good * 5 + bad * 30 + end)
    first = 4 + head.count("\n")
    with open_book_file(path) as file:
        assert len(list(file.content.rows())) == 39 + bool(end)
        assert file.stream.unreadable.count == 31
        assert file.stream.unreadable.first == [first, *range(first + 6, first + 15)]
