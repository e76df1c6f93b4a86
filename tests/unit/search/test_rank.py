"""How well a book answers comes before how popular it is."""

import pytest

from app.domain.book import BookFacts
from app.queries.book import BookRow
from app.search.match import Match
from app.search.query_parser import parse_query
from app.search.rank import natural, rerank


def match(query, title, *authors, **facts):
    book = BookRow(1, 1, BookFacts(isbn13="9787536692930", title=title, authors=authors, **facts))
    return rerank([book], parse_query(query))[0].match


@pytest.mark.parametrize(
    ("query", "title", "authors", "expected"),
    [
        ("三体", "三体", (), Match.TITLE),
        ("三體", "三体", (), Match.TITLE),
        ("great gatsby", "The Great Gatsby", (), Match.TITLE),
        ("三体", "三体（全集）", (), Match.MAIN_TITLE),
        ("alanna", "Alanna: The First Adventure", (), Match.MAIN_TITLE),
        ("mockingbirds", "Mockingbird", (), Match.MAIN_TITLE),
        ("the mockingbirds", "A Mockingbird", (), Match.MAIN_TITLE),
        ("余华 活着", "活着", ("余华",), Match.MAIN_TITLE),
        ("余华活着", "活着", ("余华",), Match.MAIN_TITLE),
        ("orwell 1984", "1984", ("George Orwell",), Match.MAIN_TITLE),
        ("santi", "三体", (), Match.SOUND_OF_TITLE),
        ("liucixin santi", "三体", ("刘慈欣",), Match.SOUND_OF_TITLE),
        ("santi", "三体2", (), Match.SOUND_OF_MAIN_TITLE),
        ("st", "三体", (), Match.SOUND_OF_TITLE),
        ("余华", "活着", ("余华",), Match.AUTHOR),
        ("yuhua", "活着", ("余华",), Match.SOUND_OF_AUTHOR),
        ("lcx", "三体", ("刘慈欣",), Match.SOUND_OF_AUTHOR),
        ("三体", "三体的故事", (), Match.TITLE_BEGINS),
        ("harry potter", "Harry Potter and the Goblet", (), Match.TITLE_BEGINS),
        ("harry", "Harrying the Sea", (), Match.ELSEWHERE),
        ("santi", "三体全集", (), Match.SOUND_OF_TITLE_BEGINS),
        ("卖血记", "许三观卖血记", (), Match.IN_TITLE),
        ("gatsby great", "The Great Gatsby", (), Match.IN_TITLE),
        ("maixueji", "许三观卖血记", (), Match.SOUND_IN_TITLE),
        ("余华 雪记", "许三观卖雪记", ("余华",), Match.TITLE_AND_AUTHOR),
        ("tolkien", "Letters", ("J.R.R. Tolkien",), Match.IN_AUTHORS),
        ("arw", "爱人我", (), Match.INITIALS),
        ("picador", "Gilead", ("Marilynne Robinson",), Match.ELSEWHERE),
    ],
)
def test_a_book_answers_in_one_of_these_ways(query, title, authors, expected):
    assert match(query, title, *authors) == expected


def test_an_original_title_counts_like_the_title_of_another_edition():
    assert match("The Great Gatsby", "了不起的盖茨比", original_title="The Great Gatsby") == Match.MAIN_TITLE


def test_better_answers_come_first_and_equal_ones_keep_their_order():
    names = ["三体的故事", "三体全集", "三体", "论三体"]
    books = [BookRow(at, 1, BookFacts(isbn13="9787536692930", title=title)) for at, title in enumerate(names)]
    ranked = [one.book.facts.title for one in rerank(books, parse_query("三体"))]
    assert ranked == ["三体", "三体的故事", "三体全集", "论三体"]


def test_a_correction_is_written_as_the_books_write_it():
    book = BookRow(1, 1, BookFacts(isbn13="9787536692930", title="Great Expectations", authors=("Charles Dickens",)))
    assert natural("charle dicken", rerank([book], parse_query("dickens"))) == "charles dickens"
