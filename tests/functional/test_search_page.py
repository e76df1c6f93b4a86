"""The main job as a visitor meets it: typing something, and getting books or a clear answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.book import BookFacts
from tests.support.books import SHELF, stock
from tests.support.pages import PageClient


@pytest.fixture(autouse=True)
def shelf(app: Flask) -> Iterator[None]:
    stock(app)
    return


def marks(html: str) -> list[str]:
    return re.findall(r"<mark>(.*?)</mark>", html)


def titles(html: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", found) for found in re.findall(r"<h2[^>]*>(.*?)</h2>", html)]


def html(visitor: PageClient, query: str, *, status: int = 200, **more: object) -> str:
    visitor.get("/book/search", query_string={"q": query, **more}, status=status)
    return visitor.http.get("/book/search", query_string={"q": query, **more}).text


def test_words_give_books_and_say_how_many(page: PageClient):
    answer = html(page, "三体")
    assert titles(answer)[0] == "三体"
    assert "共 3 本。" in answer


def test_thousands_are_easy_to_read(app: Flask, page: PageClient):
    books = [BookFacts(isbn13=f"9787{number:09}", title="数学手册", language="zh") for number in range(1234)]
    with app.app_context():
        app.extensions["container"].catalogue.writer.store(books)
    assert "共 1,234 本。" in html(page, "数学手册")
    assert "1,234 books." in page.get("/book/search?q=数学手册", headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize(
    ("query", "expected"), [("三体", "三體"), ("三體", "三体"), ("marquez", "Márquez"), ("FIGHT", "Fight")]
)
def test_what_was_typed_is_marked_however_it_is_written(page: PageClient, query: str, expected: str):
    assert expected in marks(html(page, query, group=0))


def test_editions_of_a_work_are_one_row_that_leads_to_the_others(page: PageClient):
    answer = html(page, "三体")
    assert titles(answer) == ["三体", "三体Ⅱ：黑暗森林"]
    assert "共 3 本。" in answer
    assert re.search(r'<a href="/book/9787536692930/detail#editions">另有 1 个版本</a>', answer)
    apart = re.search(r'<a href="([^"]+)">把每个版本分开列出来</a>', answer)
    assert apart
    assert len(titles(page.http.get(unescape(apart[1])).text)) == 3


def test_each_edition_can_be_listed_by_itself_also_in_another_language(page: PageClient):
    answer = html(page, "三体", group=0)
    assert sorted(titles(answer)) == ["三体", "三体Ⅱ：黑暗森林", "三體"]
    assert "个版本</a>" not in answer
    assert 'content="noindex, follow"' in answer
    together = re.search(r'<a href="([^"]+)">把同一本书的各个版本合成一行</a>', answer)
    assert together
    assert len(titles(page.http.get(unescape(together[1])).text)) == 2
    assert "1 more edition" in page.get("/book/search?q=三体", headers={"Accept-Language": "en"}).text


def test_the_way_back_to_one_row_keeps_the_filters(page: PageClient):
    answer = html(page, "三体", group=0, language="zh", exact=1)
    together = re.search(r'<a href="([^"]+)">把同一本书的各个版本合成一行</a>', answer)
    assert together
    assert parse_qs(urlsplit(unescape(together[1])).query) == {"q": ["三体"], "language": ["zh"], "exact": ["1"]}


def test_no_link_offers_to_part_what_is_not_together(page: PageClient):
    answer = html(page, "三体 重庆出版社")
    assert "另有 1 个版本" in answer
    assert "把每个版本分开列出来" not in answer


def test_a_way_to_group_that_there_is_not_is_refused(page: PageClient):
    html(page, "三体", group=2, status=400)
    html(page, "三体", group="9" * 400, status=400)


def test_pinyin_says_what_it_was_taken_for_and_can_be_refused(page: PageClient):
    answer = html(page, "santi")
    assert "按拼音理解为 <strong>三体</strong>" in answer
    assert "三体" in marks(answer)
    assert "/book/search?q=santi&amp;exact=1" in answer


def test_a_refused_reading_is_not_offered_again(page: PageClient):
    answer = html(page, "santi", exact=1)
    assert "没有找到“santi”" in answer
    assert "按拼音" not in answer


@pytest.mark.parametrize(
    "written",
    [
        "9787536692930",
        "978-7-5366-9293-0",
        "ISBN 978 7 5366 9293 0",
        "７５３６６９２９３５",
        "7-5366-9293-5",
        "在看 9787536692930 这本",
    ],
)
def test_an_isbn_in_any_format_goes_straight_to_its_book(client: FlaskClient, written: str):
    response = client.get("/book/search", query_string={"q": written})
    assert (response.status_code, response.location) == (302, "/book/9787536692930/detail")


def test_a_wrong_check_digit_offers_the_nearest_numbers_that_are_here(page: PageClient):
    answer = html(page, "9787536692931")
    assert "好像有一位数字不对" in answer
    assert titles(answer) == ["三体"]


def test_a_wrong_check_digit_far_from_any_book_says_so(page: PageClient):
    assert "附近的号码里也没有" in html(page, "9781111111111")


def test_nothing_found_gives_next_steps(page: PageClient):
    assert "没有找到“没有这样的书吧”" in html(page, "没有这样的书吧")


def test_a_language_narrows_the_answer_and_can_be_undone(page: PageClient):
    answer = html(page, "Cien años de soledad", language="es")
    assert titles(answer) == ["Cien años de soledad"]
    assert re.search(r'aria-current="true">西班牙语', answer)
    assert "全部" in answer


def test_without_a_query_there_is_a_search_box(page: PageClient):
    assert "想找哪一本" in page.get("/book/search").text


def test_what_is_wrong_with_one_field_is_said_once(page: PageClient):
    said = page.get("/book/search", query_string={"q": "三体", "group": "abc"}, status=400).text
    assert ("不是有效的整数" in said) + ("合并版本只能是" in said) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"q": ""}, "写下书名"),
        ({"q": "   "}, "写下书名"),
        ({"q": "\x00"}, "写下书名"),
        ({"q": "三体", "page": "0"}, "页码从 1 开始"),
        ({"q": "三体", "page": "-1"}, "页码从 1 开始"),
        ({"q": "三体", "page": "-99999999999999999999"}, "页码从 1 开始"),
        ({"q": "三体", "page": "x"}, "不是有效的整数"),
        ({"q": "三体", "language": "'; DROP TABLE book"}, "没有这种语言"),
    ],
)
def test_what_cannot_be_searched_is_said_plainly(page: PageClient, arguments: dict[str, str], message: str):
    assert message in page.get("/book/search", query_string=arguments, status=400).text


@pytest.mark.parametrize(
    ("pasted", "searched"),
    [
        ("三体 " + "刘慈欣 " * 40, "三体 " + "刘慈欣 " * 23 + "刘慈欣 刘"),
        ("三" * 101, "三" * 100),
        ("a" * 10_000, "a" * 100),
        ("fight club " * 20, ("fight club " * 9).strip()),
    ],
)
def test_of_a_long_text_the_first_hundred_characters_are_searched_and_it_is_said(
    page: PageClient, pasted: str, searched: str
):
    answer = html(page, pasted)
    assert f"只按前 100 个字来找：“{searched}”" in answer
    assert f'value="{searched}"' in answer
    assert "只按前 100 个字" not in html(page, searched)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("6901234567892", "商品条码"),
        ("690 1234 567892", "商品条码"),
        ("６９９１２３４５６７８９０", "商品条码"),
        ("4006381333931", "商品条码"),
        ("9771009055008", "刊号（ISSN）"),
        ("9771009055008 07", "刊号（ISSN）"),
        ("ISBN 9771009055008", "刊号（ISSN）"),
    ],
)
def test_a_barcode_that_is_no_book_number_is_told_so(page: PageClient, number: str, said: str):
    answer = html(page, number)
    assert "这不是书号" in answer
    assert said in answer
    assert "校验位" not in answer
    assert "没有找到" in html(page, number, exact=1)


@pytest.mark.parametrize(
    "number",
    [
        "9.78754E+12", "9.78754E 12", '"9,78754e+12"', "９．７８Ｅ＋１２", "isbn:9.78754E+12", "7.53669E+09",
        "9787536692930E+12", "9787536692930E0", "9787536692930E 12", "978753669293E1", "ISBN 9.78754E+12",
    ],
)  # fmt: skip
def test_a_number_that_a_spreadsheet_shortened_is_told_so_with_the_way_out(page: PageClient, number: str):
    answer = html(page, number)
    assert "表格软件把 ISBN 缩短了" in answer
    assert "再导出一次" in answer
    assert "没有找到" in html(page, number, exact=1)


@pytest.mark.parametrize("words", ["3e8", "1.5E+3", "2.0", "9.78754E+12 三体"])
def test_words_with_a_number_in_exponent_form_are_words(page: PageClient, words: str):
    assert "缩短" not in html(page, words)


def test_fields_are_understood_and_shown_and_can_be_refused(page: PageClient):
    answer = html(page, "书名：三体 作者：刘慈欣")
    assert titles(answer)[0] == "三体"
    assert "按 书名 <strong>三体</strong>、作者 <strong>刘慈欣</strong> 来找，" in answer
    assert "只按原文" in answer
    assert {"三体", "刘慈欣"} <= set(marks(answer))
    english = page.get("/book/search?q=title:三体", headers={"Accept-Language": "en"}).text
    assert "Searched for Title 三体:" in english


def test_a_page_behind_the_last_one_leads_back(page: PageClient):
    answer = html(page, "三体", page=50, status=404)
    assert "结果只有 1 页" in answer


@pytest.mark.parametrize(
    "query",
    [
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "%",
        "_",
        "\\",
        "😀",
        "三体\x00",
        "AND",
        "*",
        "𠀀",
        "…",
        "{{7*7}}",
        "%(x)s",
    ],
)
def test_no_text_breaks_the_page_or_enters_it_as_markup(page: PageClient, query: str):
    answer = html(page, query)
    assert "<script>alert" not in answer
    assert "<img" not in re.sub(r'<img (class="cover"|src="/static/icons)', "", answer)


@pytest.mark.parametrize("raw", ["%ED%A0%80", "%FF%FE", "%00", "%E4%B8", "+++", "%25"])
def test_broken_bytes_in_the_address_get_an_answer(client: FlaskClient, raw: str):
    assert client.get(f"/book/search?q={raw}").status_code in {200, 400}


def test_markup_in_a_book_is_shown_as_text(page: PageClient):
    answer = html(page, "alert")
    assert "&lt;/title&gt;&lt;script&gt;" in answer
    assert "<b>" not in answer


def test_twenty_rows_stand_on_a_page_and_the_pager_ends_where_they_end(page: PageClient, app: Flask):
    from dataclasses import replace

    from app.domain.isbn import to_isbn13

    def number(index: int) -> str:
        body = f"97871234{index:04}"
        digits = [int(sign) * (1, 3)[place % 2] for place, sign in enumerate(body)]
        return to_isbn13(body + str(-sum(digits) % 10))

    stock(app, [replace(SHELF[0], isbn13=number(index), title=f"海的故事{index}") for index in range(40)])
    answer = html(page, "海的故事", page=2)
    assert len(titles(answer)) == 20
    assert "下一页" not in answer
    assert 'href="/book/search?page=1&amp;q=' in answer or "page=1" in answer


def test_suggestions_are_json_with_a_way_to_the_book(client: FlaskClient):
    answer = client.get("/book/suggest?q=三")
    first = answer.json["suggestions"][0]
    assert first["kind"] == "title"
    assert first["url"].endswith("/detail")


@pytest.mark.parametrize("query", ["", " ", "%00", "%ED%A0%80", "a" * 5000, "'\"<"])
def test_suggestions_for_anything_are_a_list(client: FlaskClient, query: str):
    answer = client.get(f"/book/suggest?q={query}")
    assert answer.status_code == 200
    assert isinstance(answer.json["suggestions"], list)


def test_a_browsers_own_search_box_gets_suggestions_in_its_form(client: FlaskClient):
    query, texts = client.get("/book/suggest?q=三&format=opensearch").json
    assert query == "三"
    assert "三体" in texts


def test_the_page_is_english_for_who_wants_english(page: PageClient):
    answer = page.get("/book/search?q=三体", headers={"Accept-Language": "en"})
    assert "3 books." in answer.text
    assert "本" not in re.sub(r"[三体體ⅡⅢ：黑暗森林刘劉慈欣重庆出版社貓頭鷹科幻中国文学]", "", answer.text).replace(
        "中文", ""
    )
