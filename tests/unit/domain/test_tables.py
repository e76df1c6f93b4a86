"""Tables are read as they were meant: the header found, no row swallowed, none invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.tables import Table, read_table


def score(cells: Sequence[str]) -> int:
    return sum(any(name in cell.lower() for name in ("isbn", "title", "书名")) for cell in cells)


def read(text: str) -> Table | None:
    return read_table(io.StringIO(text, newline=None), score)


def parsed(text: str) -> tuple[tuple[str, ...], list[list[str]]]:
    table = read(text)
    assert table is not None
    return table.header, list(table.rows)


@pytest.mark.parametrize(
    "text",
    [
        "ISBN,Title\n9787536692930,三体\n",
        "ISBN\tTitle\n9787536692930\t三体\n",
        "ISBN;Title\r\n9787536692930;三体\r\n",
        "ISBN|Title\n9787536692930|三体\n",
        "ISBN；Title\n9787536692930；三体\n",
        "ISBN、Title\n9787536692930、三体\n",
        "| ISBN | Title |\n|------+-------|\n| 9787536692930 | 三体 |\n",
        "+----+----+\n| ISBN | Title |\n+----+----+\n| 9787536692930 | 三体 |\n+----+----+\n",
        " ISBN | Title\n------+------\n 9787536692930 | 三体\n",
        "ISBN，Title\n9787536692930，三体\n",
        "ISBN,Title\r9787536692930,三体\r",
        "| ISBN | Title |\n|------|:-----:|\n| 9787536692930 | 三体 |\n",
        "sep=;\r\nISBN;Title\r\n9787536692930;三体\r\n",
        '"sep=,"\nISBN,Title\n9787536692930,三体\n',
        "我的书单,\nISBN,Title\n9787536692930,三体\n",
        "Exported from X on 2026-01-02,,\n,,\n\nISBN,Title\n9787536692930,三体\n",
        '\n"ISBN","Title"\n"9787536692930","三体"\n',
    ],
)
def test_separators_and_lines_above_the_header_are_recognised(text: str) -> None:
    assert parsed(text) == (("ISBN", "Title"), [["9787536692930", "三体"]])


def test_a_bar_behind_a_backslash_is_part_of_its_cell() -> None:
    text = "| ISBN | Title \\| Titel |\n|---|---|\n| 1 | A \\| B |\n| 2 | - |\n"
    assert parsed(text) == (("ISBN", "Title | Titel"), [["1", "A | B"], ["2", "-"]])


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("ISBN|Title|Note\n|三体|\n1||x\n||\n", [["", "三体", ""], ["1", "", "x"], ["", "", ""]]),
        ("|ISBN|Title\n0|1|三体\n1||活着\n", [["0", "1", "三体"], ["1", "", "活着"]]),
        ("| ISBN | Title |\n|---|---|\n| | 三体 |\n| 1 | |\n", [["", "三体"], ["1", ""]]),
        ("|ISBN|Title|\n||三体|\n|1||\n", [["", "三体"], ["1", ""]]),
    ],
    ids=["bars between", "a column without a name", "Markdown", "bars around"],
)
def test_a_bar_at_the_end_of_a_line_is_an_empty_cell_unless_all_lines_have_one(
    text: str, rows: list[list[str]]
) -> None:
    header, found = parsed(text)
    assert found == rows
    assert len(header) == len(rows[0])


def test_commas_in_the_names_of_a_header_parted_by_semicolons_part_nothing() -> None:
    header, rows = parsed('"Title, long, name";ISBN;"My Review, and, more"\r\nx;9787536692930;y\r\n')
    assert header == ("Title, long, name", "ISBN", "My Review, and, more")
    assert rows == [["x", "9787536692930", "y"]]


def test_of_two_separators_that_make_as_good_a_header_that_of_the_rows_is_meant() -> None:
    header, rows = parsed("Title, subtitle;ISBN, or EAN\n三体;9787536692930\n")
    assert (header, rows) == (("Title, subtitle", "ISBN, or EAN"), [["三体", "9787536692930"]])


@pytest.mark.parametrize("text", ["", "\n", "9787536692930\n", "9787536692930,title\nisbn,title\n", "三体\n活着\n"])
def test_what_has_no_header_is_no_table(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ('"三体,A,9787536692930\n活着,B,9787506365437\n', [['"三体', "A", "9787536692930"], ["活着", "B", "9787506365437"]]),
        ('三体,"A,9787536692930\n活着,"B,9787506365437\n', [["三体", '"A', "9787536692930"], ["活着", '"B', "9787506365437"]]),
        ('三体,A,"\n活着,B,\n', [["三体", "A", '"'], ["活着", "B", ""]]),
        ('5" disk,"A,x\ny,B,z\n', [['5" disk', '"A', "x"], ["y", "B", "z"]]),
        ('5" disk,A,x\n', [['5" disk', "A", "x"]]),
        ('"a "b" c,A,x\n', [['"a "b" c', "A", "x"]]),
        ('"A,B",x\n', [['"A', 'B"', "x"]]),
        ('"A,B",x,y,z\n', [["A,B", "x", "y", "z"]]),
        ('"A ""quoted"",\ntwo-line title",A,x\n', [['A "quoted",\ntwo-line title', "A", "x"]]),
        ('"one\n\n""two"", three, four\nfive",A,x\n', [['one\n\n"two", three, four\nfive', "A", "x"]]),
    ],
    ids=["never closed", "closed by another lone quote", "at the end", "behind an inch", "in the middle", "around two cells", "around one cell of too many", "three", "two lines", "blank line inside"],
)  # fmt: skip
def test_a_lone_quote_is_a_sign_and_a_closed_one_holds_lines_together(body: str, rows: list[list[str]]) -> None:
    assert parsed("Title,Author,ISBN\n" + body)[1] == rows


def test_a_lone_quote_far_from_the_next_costs_one_row_and_no_time() -> None:
    rows = [f"Title {number},A,{number}" for number in range(5_000)]
    rows[7] = '"lone,A,7'
    rows[4_000] = 'x,"A,4000'
    read_rows = parsed("Title,Author,ISBN\n" + "\n".join(rows))[1]
    assert len(read_rows) == 5_000
    assert (read_rows[7], read_rows[4_000]) == (['"lone', "A", "7"], ["x", '"A', "4000"])


@given(
    st.lists(
        st.lists(st.text('ab"\n, ;', max_size=6).map(lambda cell: f"x{cell}"), min_size=3, max_size=3), max_size=6
    ),
    st.sampled_from(",;\t|"),
)
def test_what_the_csv_module_writes_is_read_as_it_was(rows: list[list[str]], delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["Title", "Author", "ISBN"], *rows])
    wanted = [[cell.strip() for cell in row] for row in rows] if delimiter == "|" else rows
    assert parsed(out.getvalue())[1] == wanted


def test_a_cell_of_any_length_is_read() -> None:
    long = "x" * 200_000
    assert parsed(f'Title,ISBN\n{long},1\n"{long},2\ny,3\n')[1] == [[long, "1"], ['"' + long, "2"], ["y", "3"]]


@pytest.mark.parametrize(("above", "is_found"), [(29, True), (30, False)])
def test_a_header_stands_in_one_of_the_first_thirty_lines(above: int, is_found: bool) -> None:
    assert (read("x\n" * above + "ISBN,Title\n9787536692930,三体\n") is not None) is is_found


@pytest.mark.parametrize(("length", "is_found"), [(60, True), (61, False)])
def test_a_longer_cell_than_sixty_characters_names_no_column(length: int, is_found: bool) -> None:
    assert (read(f"ISBN,{'x' * length}\n9787536692930,三体\n") is not None) is is_found


@pytest.mark.parametrize(("length", "is_one"), [(100_000, True), (100_001, False)])
def test_a_record_goes_on_until_its_lines_before_the_last_have_a_hundred_thousand_characters(
    length: int, is_one: bool
) -> None:
    first, line = '"long\n', "x" * 999 + "\n"
    rest = length - len(first)
    body = first + line * (rest // 1_000) + "y" * (rest % 1_000 - 1) + "\n"
    assert len(body) == length
    assert (len(parsed(f'Title,ISBN\n{body}end",1\n')[1]) == 1) is is_one


@pytest.mark.parametrize(("length", "is_one"), [(10_000, True), (10_001, False)])
def test_a_record_with_a_row_in_it_goes_on_until_those_lines_have_ten_thousand(length: int, *, is_one: bool) -> None:
    body = '"long\nOther,9787536692930\n'
    body += "y" * (length - len(body) - 1) + "\n"
    assert len(body) == length
    assert (len(parsed(f'Title,ISBN\n{body}end",1\n')[1]) == 1) is is_one


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        (['"a, ISBN', 'b",1'], 1),
        (['"a,1', '"b,2', 'c",3'], 2),
        (['"a,9787536692930', "b,9787506365437", 'c",3'], 3),
        (['"a,9787536692930', "b", 'c",3'], 1),
        (['"a,9787536692930', 'b ""c"",9787506365437', 'd",3'], 1),
        (['"a,9787536692930', '"b","9787506365437"', 'c",3'], 3),
        (['"a,9787536692930', "b,9787506365437", 'c","d"'], 1),
    ],
)
def test_in_a_table_of_two_columns_lines_are_rows_when_one_has_a_number(lines: list[str], rows: int) -> None:
    assert len(parsed("Title,ISBN\n" + "\n".join(lines) + "\n")[1]) == rows


@pytest.mark.parametrize(("length", "rows"), [(39, 3), (40, 1)])
def test_a_line_inside_quotes_is_a_row_when_one_of_its_cells_is_hardly_more_than_a_number(
    length: int, rows: int
) -> None:
    cell = "ISBN 9787536692930".ljust(length, "x").replace("x", " x", 1)[:length]
    assert len(parsed(f'Title,ISBN\n"lone,1\nother,{cell}\nend",2\n')[1]) == rows
