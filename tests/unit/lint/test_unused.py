"""The check of unused definitions: what nothing uses is found, and no exception outlives its reason."""

from pathlib import Path

import pytest

from tests.lint import unused
from tests.lint.unused import find_faults, find_unused, names_in_template


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(unused, "ALLOWED", {})
    (tmp_path / "app/templates").mkdir(parents=True)
    return tmp_path


def write(root: Path, module: str, source: str) -> None:
    file = root / "app" / module
    file.parent.mkdir(exist_ok=True)
    file.write_text(source, "utf-8")


def test_a_function_that_nothing_calls_is_found_with_its_place(root: Path) -> None:
    write(root, "books.py", "def used(): ...\n\ndef forgotten(): ...\n\nused()\n")
    assert find_faults(root) == ["app/books.py:3: unused function 'forgotten'"]


def test_a_test_keeps_nothing_alive(root: Path) -> None:
    write(root, "books.py", "def forgotten(): ...\n")
    (root / "tests").mkdir()
    (root / "tests/test_books.py").write_text("from app.books import forgotten\n\nforgotten()\n", "utf-8")
    assert len(find_faults(root)) == 1


def test_a_template_keeps_what_it_names(root: Path) -> None:
    write(root, "books.py", "class Book:\n    def cover(self): ...\n\nBook()\n")
    (root / "app/templates/book.html").write_text(
        "<p>cover {% if not book.cover() %}{{ _('none') }}{% endif %}", "utf-8"
    )
    assert not find_faults(root)


def test_the_text_around_a_template_s_tags_keeps_nothing(root: Path) -> None:
    write(root, "books.py", "class Book:\n    def cover(self): ...\n\nBook()\n")
    (root / "app/templates/book.html").write_text("<p>cover {{ book }}", "utf-8")
    assert [name for name, _ in find_unused(root)] == ["cover"]


def test_pages_and_columns_have_users_of_their_own(root: Path) -> None:
    write(root, "pages.py", "@web.route('/')\ndef home(): ...\n")
    write(root, "models/book.py", "class Book:\n    isbn13 = column()\n\nBook()\n")
    assert not find_faults(root)


def test_an_exception_that_is_needed_no_longer_is_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unused, "ALLOWED", {"forgotten": "why", "gone": "why"})
    write(root, "books.py", "def forgotten(): ...\n")
    assert find_faults(root) == ["tests/lint/unused_allowed.py: 'gone' is used or gone; delete the line"]


def test_words_of_a_template_that_are_keywords_are_no_names() -> None:
    assert list(names_in_template("{% if not a.b %}c{{ d|e }}")) == ["a", "b", "d", "e"]
