"""No file that we write makes a spreadsheet calculate, and each is read again as it was meant."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.book import BookFacts
from app.domain.cells import FORMULA, disarmed, guarded, unwrapped
from app.domain.reading_list import MOST_ROWS, ListTooLong, read_list, to_csv
from app.services.catalogue.bookfiles.csv_rows import CsvRows
from app.services.catalogue.bookfiles.rows import Accepted, Rejected
from app.services.catalogue.bookfiles.writing import RejectsFile, write_books

BOOK = BookFacts(isbn13="9787536692930", title="三体", authors=("刘慈欣",))
TITLES = [f"{sign}cmd|'/c calc'!A1" for sign in FORMULA if sign.strip()] + ["'=1+1", "''＝1+1", "'Tis", "一＝二"]


def cells_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [cell for row in csv.reader(file) for cell in row]


@pytest.mark.parametrize("title", TITLES)
def test_a_catalogue_is_exported_without_formulas_and_imported_as_it_was(tmp_path: Path, title: str) -> None:
    file = tmp_path / "books.csv"
    write_books(file, [(replace(BOOK, title=title, authors=(title,)), ())])
    assert not [cell for cell in cells_of(file) if cell.startswith(tuple(FORMULA))]
    (row,) = CsvRows(iter(file.read_text("utf-8").splitlines(keepends=True))).rows()
    assert isinstance(row, Accepted)
    assert (row.facts.title, row.facts.authors) == (title, (title,))


@pytest.mark.parametrize("title", TITLES)
def test_refused_rows_hold_no_formula_and_stay_the_same_when_they_are_refused_again(tmp_path: Path, title: str) -> None:
    lines = ["isbn13,title\n", '9787536692931,"' + title.replace('"', '""') + '"\n']
    written = []
    for number in range(3):
        file = tmp_path / f"{number}.csv"
        rows = CsvRows(iter(lines))
        with RejectsFile(file, rows.header) as rejects:
            rejects.add(row for row in rows.rows() if isinstance(row, Rejected))
            rejects.size()
        assert not [cell for cell in cells_of(file) if cell.startswith(tuple(FORMULA))]
        lines = file.read_text("utf-8").splitlines(keepends=True)
        written.append(lines)
    assert written[0] == written[1] == written[2]


@pytest.mark.parametrize("title", TITLES)
def test_rows_of_a_list_that_became_nothing_hold_no_formula(title: str) -> None:
    text = to_csv(("title",), [(title,)])
    assert not [cell for row in csv.reader(text.splitlines()) for cell in row if cell.startswith(tuple(FORMULA))]
    assert read_list(text.encode()).rows[0].title == unwrapped(title)


def test_reading_a_list_ends_behind_the_last_row_that_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    monkeypatch.setattr("app.domain.reading_list.ListRow", lambda number, *_a, **_k: made.append(number))
    for header in (b"", b"title,author\n"):
        made.clear()
        with pytest.raises(ListTooLong):
            read_list(header + b"a\n" * 1_000_000)
        assert len(made) == MOST_ROWS + 1


@pytest.mark.parametrize("value", [*TITLES, "", "'", "="])
def test_a_guard_is_undone_and_a_disarmed_cell_says_the_same(value: str) -> None:
    assert unwrapped(guarded(value)) == value
    assert disarmed(disarmed(value)) == disarmed(value)
    assert unwrapped(disarmed(value)) == unwrapped(value)
