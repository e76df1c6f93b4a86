"""Fields as people bring them from other catalogues."""

import pytest

from app.search.fields import Field, read_fields

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
