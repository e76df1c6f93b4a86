"""A list that somebody kept elsewhere is read row by row, no matter what program wrote it."""

from __future__ import annotations

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.reading_list import (
    MOST_ROWS,
    ListEmpty,
    ListRow,
    ListTooLong,
    ListUnreadable,
    bare_title,
    read_list,
    to_csv,
)

GOODREADS = (
    "Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Exclusive Shelf\n"
    '1,"Gilead (Gilead, #1)",Marilynne Robinson,"Robinson, Marilynne",,"=""0002005883""","=""9780002005883""",5,read\n'
    '2,Kindle Only,Somebody,"Somebody",,"=""""","=""""",0,to-read\n'
    '3,"=HYPERLINK(""http://x"")",X,X,,"=""0307887448""","=""""",0,read\n'
)
DOUBAN_CARDS = (
    "标题,简介,豆瓣评分,链接,创建时间,我的评分,标签,评论\n"
    "三体,刘慈欣 / 重庆出版社 / 2008-1 / 23.00,8.8,https://book.douban.com/subject/2567698/,2020-01-01,5,科幻,好看\n"
)
DOUBAN_TABLE = "书名,作者,出版社,出版年,ISBN,我的评分\n红楼梦,[清] 曹雪芹,人民文学出版社,1996,9787020002207,5\n"
OWN = "isbn13,title,subtitle,authors\n9787536692930,三体,,刘慈欣\n"


def said(data: str | bytes) -> list[tuple[str, str, str]]:
    """Return what each row says: ISBN, title, author."""
    content = read_list(data.encode() if isinstance(data, str) else data)
    return [(row.isbn, row.title, row.author) for row in content.rows]


@pytest.mark.parametrize(
    ("header", "row", "read"),
    [
        ("Titel;Autor;EAN-Code", "Dune;Frank Herbert;9780441172696", ("9780441172696", "Dune", "Frank Herbert")),
        ("Titre;Auteur;ISBN", "Dune;Frank Herbert;", ("", "Dune", "Frank Herbert")),
        ("タイトル,著者,ISBNコード", "海辺のカフカ,村上春樹,", ("", "海辺のカフカ", "村上春樹")),
        ("序号,书籍名称,作者,ISBN号", "1,三体,刘慈欣,", ("", "三体", "刘慈欣")),
        ("商品名称,商品编号,国际标准书号", "三体,25543210,9787536692930", ("9787536692930", "三体", "")),
        ("编号,国际标准书号,数量", "1,9787536692930,2", ("9787536692930", "", "")),
        ("书名；作者；ISBN", "三体；刘慈欣；", ("", "三体", "刘慈欣")),
    ],
)
def test_headers_in_other_words_are_headers_and_no_rows(header: str, row: str, read: tuple[str, str, str]) -> None:
    assert said(f"{header}\n{row}\n") == [read]


def test_a_sentence_that_speaks_of_numbers_is_no_header() -> None:
    text = "这是我这几年读过的书和它们的书号, 谢谢\n9787536692930\n"
    assert [isbn for isbn, _title, _author in said(text)][1:] == ["9787536692930"]


def test_goodreads_writes_its_numbers_as_formulas() -> None:
    assert said(GOODREADS) == [
        ("9780002005883", "Gilead (Gilead, #1)", "Marilynne Robinson"),
        ("", "Kindle Only", "Somebody"),
        ("0307887448", '=HYPERLINK("http://x")', "X"),
    ]
    assert bare_title("Gilead (Gilead, #1)") == "Gilead"
    assert bare_title("Nineteen Eighty-Four (1984)") == "Nineteen Eighty-Four (1984)"


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (DOUBAN_CARDS, ("", "三体", "刘慈欣 / 重庆出版社 / 2008-1 / 23.00")),
        (DOUBAN_TABLE, ("9787020002207", "红楼梦", "[清] 曹雪芹")),
        (OWN, ("9787536692930", "三体", "刘慈欣")),
        (OWN.replace(",", "\t"), ("9787536692930", "三体", "刘慈欣")),
        (OWN.replace(",", ";"), ("9787536692930", "三体", "刘慈欣")),
    ],
    ids=["douban cards", "douban table", "our own", "tabs", "semicolons"],
)
def test_the_common_exporters_are_understood(text: str, row: tuple[str, str, str]) -> None:
    assert said(text) == [row]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_that_spreadsheets_write_is_read(encoding: str) -> None:
    assert said(DOUBAN_TABLE.encode(encoding)) == [("9787020002207", "红楼梦", "[清] 曹雪芹")]


def test_a_bare_list_has_a_number_on_each_line_or_several() -> None:
    text = "978-7-5366-9293-0\n\n9787020002207, 0-306-40615-2\n随便一行字\nISBN 9780002005883 Gilead\n"
    assert [row[0] for row in said(text)] == [
        "978-7-5366-9293-0", "9787020002207", "0-306-40615-2", "随便一行字", "ISBN 9780002005883 Gilead",
    ]  # fmt: skip


def test_rows_are_numbered_and_none_is_dropped() -> None:
    content = read_list(b"isbn,title\n9787536692930\n,\n\nx,y,z\n")
    assert [(row.number, row.cells) for row in content.rows] == [(1, ("9787536692930",)), (2, ("x", "y", "z"))]
    assert content.header == ("isbn", "title")
    assert content.rows[1] == ListRow(2, ("x", "y", "z"), isbn="x", title="y")


@pytest.mark.parametrize("data", [b"", b"\n \n", b"isbn,title\n"])
def test_an_empty_list_says_so(data: bytes) -> None:
    with pytest.raises(ListEmpty):
        read_list(data)


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04\x00\x00\xff\xff", codecs.BOM_UTF16_LE + b"\x00", b"\x89PNG\r\n\x1a\n\x00"]
)
def test_a_spreadsheet_or_a_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ListUnreadable):
        read_list(data)


def test_a_list_may_have_so_many_rows_and_no_more() -> None:
    assert len(read_list(b"9787536692930\n" * 10_000).rows) == MOST_ROWS == 10_000
    with pytest.raises(ListTooLong) as refused:
        read_list(b"9787536692930\n" * 10_001)
    assert refused.value.message("en") == "At most 10000 rows at a time; please split the list."


def test_a_row_keeps_what_can_be_stored() -> None:
    (row,) = read_list(("title,author\n" + "x" * 9_000 + "," + "y" * 9_000).encode()).rows
    assert len(row.title) == len(row.author) == 500
    assert sum(map(len, row.cells)) == 4_000


def test_a_bare_line_keeps_what_can_be_stored() -> None:
    (row,) = read_list(("x" * 9_000).encode()).rows
    assert (len(row.isbn), len(row.title), len(row.cells[0])) == (500, 500, 4_000)


def test_what_is_written_calculates_nothing_and_is_read_again_unchanged() -> None:
    content = read_list(GOODREADS.encode())
    text = to_csv((*content.header, "why"), ((*row.cells, "-") for row in content.rows))
    assert "\"'=HYPERLINK(" in text
    assert "'-" in text
    assert said(text) == said(GOODREADS)


TITLES = st.text('ab三体" \n|é', max_size=8).map(lambda text: f"x{text}x")
AUTHORS = st.text('ab三体"; ,|é', max_size=8).map(lambda text: f"x{text}x")
ROWS = st.lists(
    st.tuples(TITLES, AUTHORS, st.sampled_from(["9787536692930", "0306406152", "", "9.78754E+12", "9787536692931"])),
    min_size=1,
)


@given(
    rows=ROWS,
    delimiter=st.sampled_from(",;\t"),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    above=st.sampled_from(["", "sep", "My books 2026-01-02", ",,", "我的书单"]),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
)
def test_every_row_that_was_written_is_a_row_and_no_other(
    rows: list[tuple[str, str, str]], delimiter: str, ending: str, above: str, codec: str
) -> None:
    out = io.StringIO(newline="")
    out.write({"sep": f"sep={delimiter}{ending}", "": ""}.get(above, above + ending))
    table = [("书名", "Author", "ISBN"), *((title.replace("\n", ending), *rest) for title, *rest in rows)]
    csv.writer(out, delimiter=delimiter, lineterminator=ending).writerows(table)
    content = read_list(out.getvalue().encode(codec))
    assert [row.isbn for row in content.rows] == [isbn for _title, _author, isbn in rows]
    assert [row.title for row in content.rows] == [" ".join(title.split()) for title, _author, _isbn in rows]


@given(st.lists(st.sampled_from(['"lone', 'inch"', "plain", '"', '""', 'a"b']), min_size=1, max_size=8))
def test_lone_quotes_swallow_no_row(titles: list[str]) -> None:
    """Each line is one row: who counts the lines of the file counts the rows."""
    lines = [f"{title},Author,{9787536692930 if number % 2 else ''}" for number, title in enumerate(titles)]
    content = read_list("\n".join(["Title,Author,ISBN", *lines]).encode())
    assert len(content.rows) == len(lines)
    assert [row.isbn for row in content.rows] == ["9787536692930" if number % 2 else "" for number in range(len(lines))]


@pytest.mark.parametrize(
    ("line", "isbns"),
    [
        ("9787536692930 9787807650539", ["9787536692930", "9787807650539"]),
        ("9787536692931 9787807650539", ["9787536692931", "9787807650539"]),
        ("978-7-5366-9293-0; 0-306-40615-2", ["978-7-5366-9293-0", "0-306-40615-2"]),
        ("三体 9787536692930 2008 23.00", ["三体 9787536692930 2008 23.00"]),
        ("三体, 9787536692930, 2008", ["三体, 9787536692930, 2008"]),
        ("三体, 9787536692930, 活着, 9787506365437", ["9787536692930", "9787506365437"]),
        (",9787536692930;, 9787807650539、", ["9787536692930", "9787807650539"]),
        ("2026-01-01 02:05:09,978 INFO", ["2026-01-01 02:05:09,978 INFO"]),
    ],
)
def test_each_number_of_a_line_is_a_row(line: str, isbns: list[str]) -> None:
    assert [row[0] for row in said(line)] == isbns


def test_the_rows_of_a_bare_list_are_numbered_by_what_they_name_with_what_they_say() -> None:
    rows = read_list("\n三体\n \n9787536692930 9787807650539\n".encode()).rows
    assert [(row.number, row.cells, row.isbn, row.title, row.author) for row in rows] == [
        (1, ("三体",), "三体", "三体", ""),
        (2, ("9787536692930",), "9787536692930", "", ""),
        (3, ("9787807650539",), "9787807650539", "", ""),
    ]


def test_our_own_file_of_lines_that_failed_is_read_again_without_its_reasons() -> None:
    assert said("line,why\n9787536692930,三体\n活着,not found\n") == [("9787536692930", "", ""), ("活着", "活着", "")]


def test_a_line_without_a_number_may_be_a_title() -> None:
    assert [row[1] for row in said("三体\n活着\n9787536692930")] == ["三体", "活着", ""]


def test_a_column_of_numbers_alone_may_hold_several_in_a_cell() -> None:
    assert [row[0] for row in said("ISBN\n9787536692930 9787807650539\n9780060929879\n")] == [
        "9787536692930", "9787807650539", "9780060929879",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "row", "meant"),
    [
        ("Title,Author,Authors,ISBN", "T,Ann,,1", ("1", "T", "Ann")),
        ("Title,Author,Authors,ISBN", "T,,Ann,1", ("1", "T", "Ann")),
        ("Series Title,Title,Sort Author,Author", "S,T,X,A", ("", "T", "A")),
        ("isbn13,title,isbn", "9787536692930,T,", ("9787536692930", "T", "")),
        ("isbn13,title,isbn", ",T,9787536692930", ("9787536692930", "T", "")),
        ("书名,标题,作者", ",三体,刘慈欣", ("", "三体", "刘慈欣")),
    ],
)
def test_an_empty_cell_never_replaces_a_filled_one(header: str, row: str, meant: tuple[str, str, str]) -> None:
    assert said(f"{header}\n{row}\n") == [meant]


#: All that XML 1.0 forbids and a text in UTF-8 can hold.
FORBIDDEN = "\x00\x01\x08\x0b\x0c\x1f\ufffe\uffff"


@pytest.mark.parametrize(
    "text",
    ["Title,Note,x{0}\nDune,9,\n", "Title,Note\nDu{0}ne,9\n", "Title,Note\nDune,9{0}\n", "Du{0}ne\n", "Dune {0}\n"],
)
def test_no_cell_and_no_name_of_a_column_keeps_what_xml_forbids(text: str) -> None:
    for sign in FORBIDDEN:
        brought = read_list(text.format(sign).encode())
        kept = [*brought.header, *(field for row in brought.rows for field in (*row.cells, row.isbn, row.title))]
        assert not set(FORBIDDEN) & set("".join(kept))
        assert [row.title.replace(" ", "") for row in brought.rows] == ["Dune"]


def test_a_number_with_a_sign_in_it_that_is_no_character_is_read() -> None:
    assert said("97875366\ufffe92930\n97875366\x7f92930") == [("9787536692930", "", "")] * 2


REVIEW_LINES = st.sampled_from(
    [
        "Dune,Frank Herbert,9780441172719,nice", "9787536692930", "plain words", "", "a,b,c,d", 'He said "x"',
        "Title,Author,ISBN,Review", '"quoted,row,9787536692930,x"',
    ]
)  # fmt: skip


@given(
    reviews=st.lists(st.lists(REVIEW_LINES, max_size=5).map("\n".join), min_size=1, max_size=4),
    place=st.integers(0, 3),
    delimiter=st.sampled_from(",;\t"),
)
def test_lines_of_a_quoted_review_that_look_like_rows_are_none(reviews: list[str], place: int, delimiter: str) -> None:
    """The last line of each review is no row, so that no reader can take all its lines for rows."""
    table = [["Title", "Author", "ISBN"], *(["Dune", "Frank Herbert", "9780441172719"] for _review in reviews)]
    for row, review in zip(table, ["Review", *(f"Read it!\n{review}\nThe end" for review in reviews)], strict=True):
        row.insert(place, review.replace(",", delimiter))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(table)
    counted = list(csv.reader(io.StringIO(out.getvalue()), delimiter=delimiter))
    content = read_list(out.getvalue().encode())
    assert len(content.rows) == len(counted) - 1 == len(reviews)
    assert {(row.isbn, row.title, row.author) for row in content.rows} == {("9780441172719", "Dune", "Frank Herbert")}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('Title,ISBN\n"lone,9787536692930\nplain,9787536692930\ninch",9787536692930\n', 3),
        ('Title,Author,ISBN\n"lone,A,9787536692930\n\nplain,A,9787536692930\ninch",A,9787536692930\n', 3),
        ('Title,Author,ISBN\n"lone,A,9787536692930\n' + "plain,A,9787536692930\n" * 600 + 'x\ninch",A,B\n', 603),
        ('Title,Author,ISBN\n"So ""deep"",A,9787536692930\na,b,c",A,9787536692930\n', 1),
    ],
)
def test_a_quote_is_lone_where_each_line_is_a_row(text: str, rows: int) -> None:
    assert len(read_list(text.encode()).rows) == rows
