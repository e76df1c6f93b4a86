"""Small lists that once went wrong, brought by a member to the starter catalogue."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from flask import Flask

from app.container import container
from app.models.book_list import BookList
from app.queries.book_list import ListSummaryRow, StoredRow
from tests.golden.starter import load_starter
from tests.support.apps import close, make_app
from tests.support.members import login, make_member, quick_passwords
from tests.support.pages import PageClient
from tests.support.paths import ROOT
from tests.support.rows import get_row

CASES = ROOT / "tests" / "cases"
SANTI, XU_WO, BRAVE = "9787536692930", "9787807650539", "9780060929879"


@pytest.fixture(scope="module")
def starter_app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("lists") / "data"
    shutil.copytree(sqlite_template, folder)
    app = make_app(folder)
    quick_passwords(app)
    load_starter(app)
    yield app
    close(app)


@pytest.fixture
def member_page(starter_app: Flask, request: pytest.FixtureRequest) -> PageClient:
    page = PageClient(starter_app)
    login(page.http, make_member(starter_app, f"书友{abs(hash(request.node.name)) % 10**8}"))
    return page


class Brought:
    """A list as it was understood, and its page."""

    def __init__(self, app: Flask, page: PageClient, name: str, data: bytes) -> None:
        self.where = page.post("/my/lists", {"file": (io.BytesIO(data), name)}).headers["Location"]
        self.text = " ".join(page.get(self.where).text.split())
        list_id = int(self.where.rpartition("/")[2])
        with app.app_context():
            self.rows: list[StoredRow] = container.lists.stored.list_rows(list_id, limit=100)
            stored = container.lists.stored.find(get_row(BookList, list_id).user_id, list_id)
            counted = sum(container.lists.stored.count(list_id).values())
        assert stored is not None
        assert counted == len(self.rows) == stored.rows
        self.stored: ListSummaryRow = stored

    @property
    def verdicts(self) -> list[tuple[str, str]]:
        """The verdict of each row, and the first book or number that it is about."""
        return [(row.verdict.value, row.isbns[0] if row.isbns else "") for row in self.rows]


def bring(app: Flask, page: PageClient, case: str) -> Brought:
    return Brought(app, page, case, (CASES / case).read_bytes())


@pytest.mark.parametrize(
    ("case", "isbns"),
    [
        ("L03-list.csv", [SANTI]),
        ("L09-list.csv", [SANTI]),
        ("L13-list.csv", ["9780099910107"]),
        ("L15-list.csv", [SANTI]),
        ("L16-list.tsv", [SANTI]),
        ("L17-list.txt", [SANTI, XU_WO, BRAVE]),
        ("L19-list.txt", [SANTI, XU_WO]),
        ("L29-list.csv", [SANTI, XU_WO]),
        ("L30-list.csv", [SANTI]),
        ("L32-list.csv", [SANTI, XU_WO, BRAVE]),
        ("L46-list.txt", [SANTI]),
        ("L47-list.txt", [SANTI, XU_WO]),
        ("L49-list.csv", [SANTI]),
        ("L56-list.csv", [SANTI]),
        ("L57-list.csv", [SANTI]),
        ("L58-list.csv", [SANTI]),
        ("L73-space-isbns.txt", [SANTI, XU_WO]),
        ("L80-header-commas.csv", [SANTI]),
        ("L85-preamble.csv", ["9780441011247"]),
    ],
)
def test_every_number_of_a_list_is_matched(
    starter_app: Flask, member_page: PageClient, case: str, isbns: Sequence[str]
) -> None:
    brought = bring(starter_app, member_page, case)
    assert brought.verdicts == [("matched", isbn) for isbn in isbns]


@pytest.mark.parametrize(
    ("case", "encoding", "titles"),
    [
        ("L03-list.csv", "UTF-16", ["三体"]),
        ("L06-list.csv", "Windows-1252", ["Cien años de soledad", "Inés of My Soul"]),
        ("L07-list.csv", "UTF-8", ["三体", "凤囚凰（上中）"]),
        ("L08-list.tsv", "UTF-8", ["Inés of My Soul", "Les Misérables"]),
    ],
)
def test_the_encoding_is_named_and_one_bad_byte_corrupts_one_sign(
    starter_app: Flask, member_page: PageClient, case: str, encoding: str, titles: list[str]
) -> None:
    brought = bring(starter_app, member_page, case)
    assert f"文字编码：{encoding}。" in brought.text
    assert [row.title for row in brought.rows] == titles
    assert "no_book" not in dict(brought.verdicts)
    assert sum("\ufffd" in "".join(row.cells) for row in brought.rows) == (case in {"L07-list.csv", "L08-list.tsv"})


@pytest.mark.parametrize(
    ("codec", "encoding", "text"),
    [
        ("cp932", "Shift-JIS", "書名,著者\r\nノルウェイの森,村上春樹\r\n"),
        ("cp949", "EUC-KR", "제목,저자\r\n채식주의자,한강\r\n소년이 온다,한강\r\n"),
    ],
)
def test_lists_in_japanese_and_korean_encodings_are_read_and_the_encoding_named(
    starter_app: Flask, member_page: PageClient, codec: str, encoding: str, text: str
) -> None:
    brought = Brought(starter_app, member_page, "list.csv", text.encode(codec))
    assert f"文字编码：{encoding}。" in brought.text
    assert [row.title for row in brought.rows] == [line.split(",")[0] for line in text.splitlines()[1:]]


def test_columns_that_nothing_is_read_from_are_named(starter_app: Flask, member_page: PageClient) -> None:
    brought = bring(starter_app, member_page, "L71-hardcover.csv")
    assert "没有用到的列：Series、Status、Privacy、Hardcover Book ID、Hardcover Edition ID、ASIN。" in brought.text


@pytest.mark.parametrize(("case", "verdict"), [("L10-list.csv", "ambiguous"), ("L70-float.csv", "unknown")])
def test_a_shortened_number_is_told_and_a_title_beside_it_is_offered_only(
    starter_app: Flask, member_page: PageClient, case: str, verdict: str
) -> None:
    brought = bring(starter_app, member_page, case)
    assert brought.verdicts[0][0] == verdict
    assert "表格软件把 ISBN 缩短了" in brought.text
    assert ("三体 · 刘慈欣" in brought.text) is (case == "L10-list.csv")


def test_what_the_catalogue_lacks_is_an_unknown_number_and_other_editions_are_offered(
    starter_app: Flask, member_page: PageClient
) -> None:
    brought = bring(starter_app, member_page, "L71-hardcover.csv")
    assert brought.verdicts == [
        ("matched", BRAVE), ("matched", SANTI), ("unknown", "9780140817744"), ("unknown", "9780547851402"),
    ]  # fmt: skip
    other = bring(starter_app, member_page, "L76-other-edition.csv")
    assert other.rows[0].isbns == ("9780547851402", "9780441011247")
    assert "没有找到这个 ISBN，有同一本书的别的版本。 Tales from Earthsea · Ursula K. Le Guin" in other.text
    member_page.post(f"{other.where}/rows/1", {"said": "9780441011247"}, on=other.where)
    assert "认出来了 1" in " ".join(member_page.get(other.where).text.split())


@pytest.mark.parametrize(("case", "said"), [("L36-list.csv", "百年孤独"), ("L77-volume.csv", "三体Ⅱ 黑暗森林")])
def test_the_number_of_another_title_or_volume_asks_to_look_with_both(
    starter_app: Flask, member_page: PageClient, case: str, said: str
) -> None:
    brought = bring(starter_app, member_page, case)
    assert brought.verdicts == [("look", SANTI)]
    assert f"这个 ISBN 是《三体》的，书单上写的是《{said}》，请看一看。" in brought.text
    member_page.post(f"{brought.where}/rows/1", {"said": SANTI}, on=brought.where)
    assert "认出来了 1" in " ".join(member_page.get(brought.where).text.split())


@pytest.mark.parametrize("author", ["Frank Herbert", ""])
def test_the_number_of_one_book_and_the_title_of_another_of_its_author_ask_to_look(
    starter_app: Flask, member_page: PageClient, author: str
) -> None:
    data = f"ISBN,Title,Author\n9780441172696,God Emperor of Dune,{author}\n".encode()
    brought = Brought(starter_app, member_page, "dune.csv", data)
    assert brought.verdicts == [("look", "9780441172696")]
    assert set(brought.rows[0].isbns) == {"9780441172696", "9780441294671", "9780575075061"}
    assert "这个 ISBN 是《Dune Messiah》的，书单上写的是《God Emperor of Dune》，请看一看。" in brought.text


@pytest.mark.parametrize(
    "title", ["Dune Messiah: Second of the Chronicles", "Dune Messiah (Dune Chronicles, #2)", "The Prophet of Dune"]
)
def test_a_number_keeps_its_book_when_no_other_has_the_title(
    starter_app: Flask, member_page: PageClient, title: str
) -> None:
    data = f'ISBN,Title,Author\n9780441172696,"{title}",Frank Herbert\n'.encode()
    assert Brought(starter_app, member_page, "dune.csv", data).verdicts == [("matched", "9780441172696")]


@pytest.mark.parametrize(
    ("case", "row", "book"),
    [
        ("L53-list.csv", 1, ("Midnight's Children", "Salman Rushdie")),
        ("L55-list.csv", 1, ("A Farewell to Arms", "Ernest Hemingway")),
        ("L62-list.csv", 1, ("少有人走的路", "M·斯科特·派克")),
        ("L74-zhu.csv", 1, ("活着", "余华")),
        ("L75-subtitle.csv", 1, ("The Dispossessed", "Ursula K. Le Guin")),
        ("L75-subtitle.csv", 2, ("Crime and Punishment", "Fyodor Dostoyevsky")),
        ("L75-subtitle.csv", 3, ("少有人走的路", "M·斯科特·派克")),
    ],
)
def test_a_title_written_otherwise_finds_its_book(
    starter_app: Flask, member_page: PageClient, case: str, row: int, book: tuple[str, str]
) -> None:
    found = bring(starter_app, member_page, case).rows[row - 1]
    assert found.verdict.value in {"matched", "ambiguous"}
    with starter_app.app_context():
        books = [book.facts for book in container.catalogue.books.find_many(found.isbns)]
    assert book in [(facts.title, author) for facts in books for author in facts.authors]
    assert (found.verdict.value == "matched") is (len(books) == 1)


def test_a_wrong_check_digit_offers_the_numbers_next_to_it(starter_app: Flask, member_page: PageClient) -> None:
    brought = Brought(starter_app, member_page, "x.csv", b"ISBN\n9787536692931\n9780000000012\n")
    assert [row.verdict.value for row in brought.rows] == ["no_book", "no_book"]
    assert brought.text.count("ISBN 的校验位不对，可能有一位写错了。") == 2
    assert "三体 · 刘慈欣" in brought.text
    assert "978-0-00-000001-9" in brought.text


def test_the_name_of_a_file_keeps_nothing_that_is_no_character(starter_app: Flask, member_page: PageClient) -> None:
    brought = Brought(starter_app, member_page, "书\ufffe单\x85\x1b 一.csv", b"ISBN\n9787536692930\n")
    assert brought.stored.name == "书单 一.csv"


def test_wishing_for_a_list_says_wished(starter_app: Flask, member_page: PageClient) -> None:
    brought = bring(starter_app, member_page, "L17-list.txt")
    member_page.post(f"{brought.where}/wish", on=brought.where)
    done = " ".join(member_page.get(brought.where).text.split())
    assert "都许了愿" in done
    assert "许愿了 3" in done
    assert "放好了" not in done


def test_a_wish_that_is_refused_says_nothing_of_offering(starter_app: Flask, member_page: PageClient) -> None:
    offered = bring(starter_app, member_page, "L73-space-isbns.txt").where
    member_page.post(f"{offered}/offer", {"condition": "good", "postage": "giver"}, on=offered)
    wished = bring(starter_app, member_page, "L73-space-isbns.txt").where
    member_page.post(f"{wished}/wish", on=wished)
    done = " ".join(member_page.get(wished).text.split())
    assert "没办成 2" in done
    assert "放成" not in done


def test_a_column_of_reasons_of_the_list_itself_moves_no_cell(starter_app: Flask, member_page: PageClient) -> None:
    brought = Brought(starter_app, member_page, "list.csv", "原因,Title\n好看,Nope nope\n".encode())
    failed = member_page.http.get(f"{brought.where}/rejects.csv").data
    assert failed.decode("utf-8-sig").splitlines()[0] == "原因,Title,原因"
    again = Brought(starter_app, member_page, "rejects.csv", failed)
    assert [row.title for row in again.rows] == [row.title for row in brought.rows] == ["Nope nope"]
    assert member_page.http.get(f"{again.where}/rejects.csv").data == failed


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.glob("L*")))
def test_a_file_of_rows_that_failed_can_be_brought_again_as_it_is(
    starter_app: Flask, member_page: PageClient, case: str
) -> None:
    brought = bring(starter_app, member_page, case)
    failed = [row for row in brought.rows if not row.is_known]
    for _again in range(2):
        data = member_page.http.get(f"{brought.where}/rejects.csv").data
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
        assert len(rows) == 1 + len(failed)
        assert rows[0].count("原因") == 1
        if not failed:
            return
        brought = Brought(starter_app, member_page, "again.csv", data)
        assert [(row.isbn, row.title, row.verdict) for row in brought.rows] == [
            (row.isbn, row.title, row.verdict) for row in failed
        ]
