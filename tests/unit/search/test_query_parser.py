"""What a query can mean, and the fields that it names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.query_parser import Field, clip, parse_query, read_fields


def plans(query, kind, **options):
    return [set(plan.terms) for plan in parse_query(query, **options).plans if plan.kind == kind]


def test_words_are_pairs_of_characters_and_singular_words():
    assert plans("三体 全集", "words") == [{"w三体", "w全集"}]
    assert plans("Mockingbirds", "words", exact=True) == [{"wmockingbird"}]
    assert plans("家", "words") == [{"w家"}]


@pytest.mark.parametrize("query", ["santi", "san ti", "SanTi", "sān tǐ", "san体", "三ti"])
def test_pinyin_is_read_in_any_dress_also_mixed_with_characters(query):
    assert any("psanti" in terms for terms in plans(query, "pinyin"))


def test_an_author_and_a_title_in_pinyin_may_stand_apart():
    assert {"pliuci", "pcixin", "psanti"} in plans("liucixin santi", "pinyin")
    assert {"pyuhua", "phuozhe"} in plans("yu hua huozhe", "pinyin")


def test_pinyin_beside_words_and_volumes_is_read_together_with_them():
    assert {"psanti", "w2"} in plans("santi 2", "pinyin")
    assert {"psanti", "w2"} in plans("santi2", "pinyin")
    assert {"psanti", "w刘慈", "w慈欣"} in plans("刘慈欣 santi", "pinyin")


def test_initials_are_read_as_such():
    assert plans("bngd", "initials") == [{"ibngd"}]
    assert plans("yhdg6", "initials") == [{"iyhdg", "w6"}]
    assert plans("santi", "initials") == []


def test_hyphened_words_may_be_one():
    assert {"wspiderman"} in plans("Spider-Man", "words")


def test_searching_exactly_reads_words_and_nothing_else():
    for query in ("santi", "st", "9787536692930", "san体"):
        reading = parse_query(query, exact=True)
        assert [plan.kind for plan in reading.plans] == ["words"]
        assert reading.isbn is None


def test_a_whole_title_and_its_sound_come_first():
    assert parse_query("三体").first != parse_query("三体 全集").first
    assert parse_query("The Great Gatsby").first == parse_query("great gatsby").first
    assert len(parse_query("santi").first) == 3


@pytest.mark.parametrize(
    ("text", "clipped"),
    [
        ("三体", "三体"),
        ("三" * 150, "三" * 100),
        ("word " * 30, ("word " * 20).rstrip()),
        ("a" * 98 + " brown fox", "a" * 98),
        ("三" * 98 + "brown", "三" * 98),
        ("a" * 300, "a" * 100),
        (" " * 99 + "三体" * 60, "三体" * 50),
    ],
)
def test_a_long_text_is_clipped_between_words(text, clipped):
    assert clip(text) == clipped


def test_an_isbn_among_words_is_seen():
    isbn = parse_query("三体 978-7-5366-9293-0").isbn
    assert isbn is not None
    assert isbn.isbn13 == "9787536692930"


@pytest.mark.parametrize("query", ["", "   ", "!!!", "\x00", "\ud800", "😀😀", "《》"])
def test_a_query_without_a_word_has_no_plan(query):
    assert parse_query(query).plans == ()


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error_into_few_short_plans(text):
    reading = parse_query(text)
    assert len(reading.plans) <= 12
    assert all(0 < len(plan.terms) <= 24 for plan in reading.plans)
    for plan in reading.plans:
        "".join(plan.terms).encode()


@pytest.mark.parametrize("query", ["三" * 10_000, "a " * 5_000, "xian" * 2_500, "st" * 5_000, "9" * 10_000])
def test_a_query_that_is_far_too_long_is_read_up_to_its_limit(query):
    assert len(parse_query(query).said) <= 100


NAMED = (Field("title", "活着"), Field("author", "余华"))


@pytest.mark.parametrize(
    "text",
    [
        "title:活着 author:余华",
        "Title: 活着, Author: 余华",
        'intitle:"活着" inauthor:"余华"',
        "书名：活着 作者：余华",
        "書名：活着　作者：余华",
        "书名: 活着\n作者: 余华",
        "书名：活着作者：余华",
        "ｔｉｔｌｅ：活着；ａｕｔｈｏｒｓ：余华",
        "题名 : 活着 | 著者 : 余华",
        'title:="活着" author:=余华',
    ],
)
def test_fields_are_read_in_any_form(text):
    assert read_fields(text) == (NAMED, "活着 余华")


def test_every_field_has_its_names():
    fields, words = read_fields("译者：林少华 出版社：上海译文出版社 丛书：村上春树作品 isbn：9787532742929 书号：1")
    assert [field.name for field in fields] == ["translator", "publisher", "series", "isbn", "isbn"]
    assert words == "林少华 上海译文出版社 村上春树作品 9787532742929 1"


def test_words_in_front_belong_to_no_field():
    assert read_fields("小说 作者：余华") == ((Field("author", "余华"),), "小说 余华")


@pytest.mark.parametrize(
    "text",
    [
        "活着",
        "作家出版社：活着",
        "Subtitle: A Novel",
        "title://x",
        "title:",
        "作者：！",
        "The Author",
        "a book by title",
        "",
    ],
)
def test_what_names_no_field_is_left_as_it_is(text):
    assert read_fields(text)[0] == ()
