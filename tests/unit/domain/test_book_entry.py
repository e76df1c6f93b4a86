"""What strangers write about a book becomes BookFacts, or is refused with a reason."""

from __future__ import annotations

import pytest
from sqlalchemy import String

from app.domain.book import BookFacts
from app.domain.book_entry import (
    LENGTHS,
    NoIsbn,
    NotABookEntry,
    NoTitle,
    ShortenedIsbn,
    TitleTooLong,
    WrongIsbn,
    WrongPopularity,
    book_facts,
    is_placeholder,
)
from app.models.book import Book

SANTI = {"isbn13": "9787536692930", "title": "三体"}

SHORTENED = "a spreadsheet has shortened the ISBN to"
LOST = "and its last digits are lost: format the column as text and export it again"
REFUSED = [
    ("no isbn", {"title": "三体"}, NoIsbn, "no ISBN"),
    ("blank isbn", {"isbn13": "  ", "title": "三体"}, NoIsbn, "no ISBN"),
    ("wrong check digit", {"isbn13": "9787536692931", "title": "三体"}, WrongIsbn, "not a valid ISBN: 9787536692931"),
    ("exponent form", {"isbn13": "9.78754E+12", "title": "三体"}, ShortenedIsbn, f"{SHORTENED} 9.78754E+12, {LOST}"),
    ("no number at all", {"isbn13": "n/a", "title": "三体"}, WrongIsbn, "not a valid ISBN: n/a"),
    ("no title", {"isbn13": "9787536692930"}, NoTitle, "no title"),
    ("a dash for a title", {"isbn13": "9787536692930", "title": "-"}, NoTitle, "no title"),
    ("invisible title", {"isbn13": "9787536692930", "title": "\u200b\x00 \n"}, NoTitle, "no title"),
    (
        "a whole page as title",
        {"isbn13": "9787536692930", "title": "x" * 501},
        TitleTooLong,
        "title longer than 500 characters",
    ),
    ("nothing but lone surrogates", {"isbn13": "9787536692930", "title": "\ud800\udce4"}, NoTitle, "no title"),
    (
        "negative popularity",
        SANTI | {"popularity": "-1"},
        WrongPopularity,
        "popularity must be a whole number from 0 to 9",
    ),
    (
        "a count as popularity",
        SANTI | {"popularity": "53123"},
        WrongPopularity,
        "popularity must be a whole number from 0 to 9",
    ),
    ("a title that is a list", {"isbn13": "9787536692930", "title": ["三体"]}, NoTitle, "no title"),
]


@pytest.mark.parametrize(("fields", "refusal", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_no_book_is_refused_with_its_reason(
    fields: dict[str, object], refusal: type[NotABookEntry], said: str
) -> None:
    with pytest.raises(refusal) as refused:
        book_facts(fields, source="test")
    assert refused.value.message("en") == said
    assert refused.value.message("zh")


def test_isbn_and_title_suffice() -> None:
    facts = book_facts(SANTI, source="test")
    assert (facts.isbn13, facts.title, facts.source) == ("9787536692930", "三体", "test")
    assert (facts.authors, facts.summary, facts.popularity) == ((), "", 0)
    assert facts == BookFacts(isbn13="9787536692930", title="三体", source="test")


def test_an_isbn_10_with_hyphens_becomes_thirteen_digits() -> None:
    assert book_facts(SANTI | {"isbn13": "0-306-40615-2"}, source="test").isbn13 == "9780306406157"


def test_texts_are_cleaned_of_what_nobody_sees() -> None:
    facts = book_facts(SANTI | {"title": "  Caf\u0065\u0301 \x07 de\n\tla  Paix\ufeff "}, source="test")
    assert facts.title == "Café de la Paix"


def test_lists_come_as_texts_parted_by_semicolons_or_as_sequences_without_doubles() -> None:
    facts = book_facts(
        SANTI | {"authors": "刘慈欣; 王晋康；刘慈欣;;", "subjects": ["科幻", "a;b", "", None]}, source="test"
    )
    assert facts.authors == ("刘慈欣", "王晋康")
    assert facts.subjects == ("科幻", "a,b")


def test_a_long_list_keeps_whole_entries_that_fit() -> None:
    authors = [f"Author Number {number:04}" for number in range(500)]
    kept = book_facts(SANTI | {"authors": authors}, source="test").authors
    assert kept == tuple(authors[: len(kept)])
    assert LENGTHS["authors"] - 19 < len(";".join(kept)) <= LENGTHS["authors"]


def test_a_long_text_is_cut_and_says_so_while_half_a_date_is_dropped() -> None:
    facts = book_facts(SANTI | {"series": "s" * 999, "pubdate": "2" * 99}, source="test")
    assert len(facts.series) == LENGTHS["series"]
    assert facts.series.endswith("s…")
    assert facts.pubdate == ""


def test_each_text_is_as_long_as_its_column() -> None:
    columns = {column.name: column.type for column in Book.__table__.columns}
    lengths = {name: kind.length for name, kind in columns.items() if isinstance(kind, String) and kind.length}
    assert {name: lengths.get(name, 16_000) for name in LENGTHS} == LENGTHS


CUT = ("subtitle", "publisher", "original_title", "series", "summary")
DROPPED = ("pubdate", "pages", "binding", "price")


@pytest.mark.parametrize("name", [*CUT, *DROPPED])
def test_a_text_is_kept_up_to_the_length_of_its_column(name: str) -> None:
    most = "x" * LENGTHS[name]
    assert getattr(book_facts(SANTI | {name: most}, source="test"), name) == most
    longer = getattr(book_facts(SANTI | {name: most + "x"}, source="test"), name)
    assert longer == (most[:-1] + "…" if name in CUT else "")


@pytest.mark.parametrize("name", ["authors", "translators", "subjects"])
def test_a_list_is_kept_up_to_the_length_of_its_column_as_it_is_joined(name: str) -> None:
    first, room = "a" * 99, LENGTHS[name] - 100
    assert getattr(book_facts(SANTI | {name: [first, "b" * room]}, source="test"), name) == (first, "b" * room)
    longer = book_facts(SANTI | {name: [first, "b" * (room + 1), "c"]}, source="test")
    assert getattr(longer, name) == (first,)


def test_a_title_and_a_cover_as_long_as_their_columns_are_kept() -> None:
    cover = "http://x/".ljust(500, "y")
    facts = book_facts(SANTI | {"title": "x" * 500, "cover": cover}, source="test")
    assert (len(facts.title), facts.cover) == (500, cover)
    assert book_facts(SANTI | {"cover": cover + "y"}, source="test").cover == ""


@pytest.mark.parametrize("title", ["!", "!!!", "…", "——"])
def test_a_title_of_signs_alone_has_two_at_least(title: str) -> None:
    if len(title) > 1:
        assert book_facts(SANTI | {"title": title}, source="test").title == title
    else:
        with pytest.raises(NoTitle):
            book_facts(SANTI | {"title": title}, source="test")


@pytest.mark.parametrize(("said", "shown"), [("n" * 40, "n" * 40), ("n" * 41, "n" * 39 + "…")])
def test_of_a_wrong_number_forty_characters_are_shown(said: str, shown: str) -> None:
    with pytest.raises(WrongIsbn) as refused:
        book_facts(SANTI | {"isbn13": said}, source="test")
    assert refused.value.message("en") == f"not a valid ISBN: {shown}"


@pytest.mark.parametrize(
    ("said", "popularity"),
    [("0", 0), (0, 0), ("9", 9), ("09", 9), ("", 0), (None, 0), ("0" * 5_000 + "7", 7), *((wrong, None) for wrong in ("10", 10, "00000000010", "1" * 5_000, "٣", "-0", "5.0", "x"))],
    ids=lambda said: ascii(said)[:20],
)  # fmt: skip
def test_popularity_is_one_digit(said: object, popularity: int | None) -> None:
    if popularity is None:
        with pytest.raises(WrongPopularity):
            book_facts(SANTI | {"popularity": said}, source="test")
    else:
        assert book_facts(SANTI | {"popularity": said}, source="test").popularity == popularity


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("EN", "en"),
        ("zh-hant", "zh-Hant"),
        ("pt-br", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("de-AT-1996", "de-AT-1996"),
        ("en-SCOUSE", "en-scouse"),
        ("Chinese", ""),
        ("中文", ""),
        ("", ""),
        ("grc", "grc"),
    ],
)
def test_a_language_is_a_code_or_nothing(said: str, code: str) -> None:
    assert book_facts(SANTI | {"language": said}, source="test").language == code


@pytest.mark.parametrize(
    "cover",
    [
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "//evil/x.jpg",
        'https://x/"onload=',
        "https://x/a b",
        "http://" + "x" * 600,
    ],
)
def test_a_cover_that_is_no_web_address_is_dropped(cover: str) -> None:
    assert book_facts(SANTI | {"cover": cover}, source="test").cover == ""


def test_a_summary_keeps_its_paragraphs() -> None:
    assert book_facts(SANTI | {"summary": "一 \r\n\r\n 二\x00"}, source="test").summary == "一\n二"


def test_numbers_are_taken_as_texts() -> None:
    facts = book_facts(SANTI | {"isbn13": 9787536692930, "pages": 302, "popularity": 9}, source="test")
    assert (facts.isbn13, facts.pages, facts.popularity) == ("9787536692930", "302", 9)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("a \ud83d b", "a b"),
        ("Cafe\u0301", "Café"),
        ("be\x07ll", "bell"),
        ("Bad\ufffe", "Bad"),
        ("one\u2028two\x85three", "one two three"),
        ("Cat &amp; Mouse &#39;22 &#x4e09;&eacute;", "Cat & Mouse '22 三é"),
        ("&amp;lt; is &lt;, R&D, AT&T &copy of &nosuch;", "&lt; is <, R&D, AT&T &copy of &nosuch;"),
        ({"type": "/type/text", "value": "of an object"}, "of an object"),
        (float("nan"), ""),
        (float("inf"), ""),
        (True, ""),
        ({"n": 1}, ""),
    ],
    ids=ascii,
)
def test_a_value_costs_its_book_nothing(value: object, kept: str) -> None:
    assert book_facts(SANTI | {"series": value}, source="test").series == kept


def test_entities_are_decoded_before_a_list_is_parted_and_only_once() -> None:
    facts = book_facts(SANTI | {"authors": "Jos&eacute; X;A &amp; B", "subjects": ["&amp;#228"]}, source="test")
    assert (facts.authors, facts.subjects) == (("José X", "A & B"), ("&#228",))


@pytest.mark.parametrize(
    "authors",
    [
        [{"name": "刘慈欣"}],
        {"name": "刘慈欣"},
        [{"lf": "刘, 慈欣", "fl": "刘慈欣"}],
        [{"personal_name": "刘慈欣"}, 7.5, {}, [[]]],
    ],
)
def test_authors_may_be_objects(authors: object) -> None:
    assert book_facts(SANTI | {"authors": authors}, source="test").authors[0] == "刘慈欣"


@pytest.mark.parametrize(
    ("title", "says_nothing"),
    [
        ("Untitled", True),
        ("[no title]", True),
        ("无题", True),
        ("-- NULL --", True),
        ("Nothing", False),
        ("三体", False),
    ],
)
def test_a_title_that_says_only_that_there_is_none_is_known(title: str, *, says_nothing: bool) -> None:
    assert is_placeholder(title) is says_nothing
