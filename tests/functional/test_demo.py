"""`flask demo` and `flask ledger`: a site to look at, and a ledger that can be checked."""

from __future__ import annotations

import pytest

from app.cli.demo import MODERATOR, NAMES, PASSWORD
from app.domain.book import BookFacts
from app.domain.drift import DriftState
from app.extensions import db
from app.models.bean import BeanBalance
from app.models.book import Book
from tests.support.books import stock
from tests.support.members import make_member, quick_passwords


def isbn13(number: int) -> str:
    body = f"9787{number:08}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


@pytest.fixture(autouse=True)
def _site(app):
    quick_passwords(app)
    stock(app, [BookFacts(isbn13=isbn13(n), title=f"书 {n}", language="zh", popularity=9) for n in range(60)])


def run(app, *arguments: str):
    return app.test_cli_runner().invoke(args=list(arguments))


def test_a_demo_has_members_and_a_drift_in_every_state(app, page):
    made = run(app, "demo")
    assert made.exit_code == 0, made.output
    for state in DriftState:
        assert f"1 {state.value}" in made.output, state
    listed = run(app, "user", "list").output
    assert all(name in listed for name in (*NAMES, MODERATOR))
    email = next(line for line in listed.splitlines() if NAMES[0] in line).split("<")[1].rstrip(">")
    page.post("/login", {"email": email, "password": PASSWORD})
    assert run(app, "ledger", "verify").output == "the ledger is sound\n"


def test_a_demo_has_books_that_are_wished_and_had_on_the_page_for_browsing(app, page):
    books = [
        BookFacts(isbn13=isbn13(n), title=f"书 {n}", language="zh", popularity=9, subjects=("小说",)) for n in range(60)
    ]
    stock(app, books)
    with app.app_context():
        app.extensions["container"].catalogue.search_index.rebuild()
    assert run(app, "demo").exit_code == 0
    text = page.get("/browse").text
    assert "最多人想要" in text
    assert "走得最远" in text
    assert "本可要" in text


def test_a_story_is_told_step_by_step_and_ends_with_a_sound_ledger(app):
    told = run(app, "demo", "--story")
    assert told.exit_code == 0, told.output
    assert "老周 2 · 小满 0" in told.output
    assert "The ledger is sound" in told.output
    assert run(app, "ledger", "verify").exit_code == 0


def test_a_demo_refuses_a_site_with_members_an_empty_catalogue_and_production(app, data_dir):
    make_member(app)
    refused = run(app, "demo")
    assert refused.exit_code == 1
    assert "has members already" in refused.output
    app.config["ENV"] = "production"
    assert "production" in run(app, "demo").output


def test_a_statement_lists_every_entry_with_its_balance(app):
    run(app, "demo", "--story")
    reader = (
        next(line for line in run(app, "user", "list").output.splitlines() if "小满" in line).split("<")[1].rstrip(">")
    )
    lines = run(app, "ledger", "statement", reader).output.splitlines()
    assert [line.split()[2] for line in lines[:-1]] == ["+0.5", "+0.5", "-1"]
    assert lines[-1] == "balance 0, owed 0"
    assert run(app, "ledger", "statement", "nobody@example.com").exit_code == 1


def test_a_broken_ledger_is_told_line_by_line_with_exit_code_one(app):
    run(app, "demo", "--story")
    with app.app_context(), db.auto_commit():
        BeanBalance.query.update({"balance": BeanBalance.balance + 1})
    told = run(app, "ledger", "verify")
    assert told.exit_code == 1
    assert told.output.count("a balance is not the sum of its transfers") == 2


def test_a_demo_with_too_few_books_says_so_and_makes_nobody(app):
    with app.app_context(), db.auto_commit():
        Book.query.filter(Book.id > 20).update({"popularity": 1})
    made = run(app, "demo")
    assert made.exit_code == 1
    assert "wants 48 popular books, and 20 are here" in made.output
    assert "@" not in run(app, "user", "list").output
