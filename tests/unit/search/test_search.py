"""What a visitor gets for what is typed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.search.results import Understanding
from tests.support.catalogue_fixture import Shelf, titles

SANTI = "9787536692930"


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put("三体", "刘慈欣", isbn13=SANTI, popularity=9, publisher="重庆出版社", series="中国科幻基石丛书")
    shelf.put("三体全集", "刘慈欣", popularity=9)
    shelf.put("三體", "劉慈欣", popularity=2, language="zh-Hant")
    shelf.put("活着", "余华", popularity=9)
    shelf.put("许三观卖血记", "余华", popularity=8)
    shelf.put("百年孤独", "加西亚·马尔克斯", translators=("范晔",), popularity=8)
    shelf.put("家", "巴金", popularity=1)
    shelf.put("家的故事", "无名", popularity=9)
    shelf.put("明朝那些事儿（壹）", "当年明月", popularity=7)
    shelf.put("The Great Gatsby", "F. Scott Fitzgerald", language="en", popularity=8)
    shelf.put("Harry Potter and the Goblet of Fire", "J.K. Rowling", language="en", popularity=9)
    shelf.put("Love in the Time of Cholera", "Gabriel García Márquez", language="en", popularity=7)
    shelf.put("El coronel", "Gabriel García Márquez", language="es", popularity=3)
    shelf.put("Wild Fire", "Nelson DeMille", language="en", popularity=2)
    shelf.put("Wildfires of the West", "Wildfire Jones", language="en", popularity=9)
    shelf.put("没有色彩的多崎作和他的巡礼之年", "村上春树", popularity=9)
    shelf.put("丢三落四的小豆豆", "黑柳彻子", popularity=9)
    shelf.put("Venice", "Jan Morris", language="en", popularity=2)
    shelf.put("Wuthering Heights", "Emily Brontë", language="en", popularity=6)
    shelf.put("世界名著导读", "某人", popularity=3)
    shelf.put("倾城之恋", "张爱玲", popularity=5)
    shelf.put("ノルウェイの森", "村上春樹", language="ja", popularity=6)
    shelf.put("これはのみのぴこ", "谷川俊太郎", language="ja", popularity=2)
    return shelf


@pytest.mark.parametrize("query", [SANTI, "978-7-5366-9293-0", "ISBN 7-5366-9293-5", "三体 9787536692930"])
def test_an_isbn_leads_to_its_book_alone(shelf, query):
    page = shelf.search.find(query)
    assert titles(page) == ["三体"]
    assert page.isbn is not None
    assert page.isbn.isbn13 == SANTI
    assert page.understood == Understanding("isbn", query, page.isbn.said)


def test_a_wrong_check_digit_finds_nothing_but_offers_the_book_one_typo_away(shelf):
    page = shelf.search.find("9787536692931")
    assert page.rows == ()
    assert page.total == 0
    assert page.isbn is not None
    assert page.isbn.isbn13 is None
    assert [book.facts.title for book in page.isbn.nearest] == ["三体"]


def test_a_right_isbn_that_nobody_knows_finds_nothing_and_offers_nothing(shelf):
    page = shelf.search.find("9780140328721")
    assert (page.rows, page.isbn.isbn13, page.isbn.nearest) == ((), "9780140328721", ())


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("三体", "三体"), ("三體", "三体"), ("santi", "三体"), ("san ti", "三体"), ("st", "三体"), ("san体", "三体"),
        ("重庆出版社", "三体"), ("中国科幻基石丛书", "三体"), ("余华", "活着"), ("yuhua", "活着"), ("余华 活着", "活着"),
        ("余华活着", "活着"), ("活著", "活着"), ("shijie mingzhu", "世界名著导读"), ("ming著", "世界名著导读"), ("hua yu", "活着"),
        ("Cixin Liu santi", "三体"), ("三体 Cixin Liu", "三体"), ("Hua Yu xusanguan maixueji", "许三观卖血记"), ("Ai-ling Zhang", "倾城之恋"), ("名着", "世界名著导读"),
        ("のるうぇい 村上", "ノルウェイの森"), ("のるうぇいの森", "ノルウェイの森"), ("ピコ", "これはのみのぴこ"), ("yuhuahuozhe", "活着"), ("hz", "活着"), ("bainiangudu", "百年孤独"), ("范晔", "百年孤独"),
        ("加西亚马尔克斯", "百年孤独"), ("白年孤独", "百年孤独"), ("bainiangudo", "百年孤独"), ("家", "家"), ("jia", "家"),
        ("mcnx", "明朝那些事儿（壹）"), ("great gatsby", "The Great Gatsby"), ("gatsbys", "The Great Gatsby"),
        ("great gatsbi", "The Great Gatsby"), ("greatgatsby", "The Great Gatsby"),
        ("harrypotter", "Harry Potter and the Goblet of Fire"), ("jk rowling", "Harry Potter and the Goblet of Fire"),
        ("marquez", "Love in the Time of Cholera"), ("wuthering hights", "Wuthering Heights"), ("bronte", "Wuthering Heights"),
        ("wildfire", "Wild Fire"), ("vencie", "Venice"), ("丢三落四的小都豆", "丢三落四的小豆豆"),
        ("村上春树没有色彩的多崎作和他的巡礼之年", "没有色彩的多崎作和他的巡礼之年"),
        ("the great gatsby fitzgerald audiobook", "The Great Gatsby"),
    ],
)  # fmt: skip
def test_a_book_is_found_by_whatever_one_knows_of_it(shelf, query, title):
    assert shelf.titles(query)[0] == title


SIGNED = ("C# in Depth", "C++ Primer", "Expert F# 4.0", "Pro .NET Performance", "The C Programming Language")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("C#", ["C# in Depth"]),
        ("c sharp", ["C# in Depth"]),
        ("csharp in depth", ["C# in Depth"]),
        ("C++", ["C++ Primer"]),
        ("c plus plus primer", ["C++ Primer"]),
        ("f#", ["Expert F# 4.0"]),
        (".NET", ["Pro .NET Performance"]),
        ("dotnet", ["Pro .NET Performance"]),
        ("net performance", ["Pro .NET Performance"]),
        ("C", ["The C Programming Language", "C++ Primer", "C# in Depth"]),
    ],
)
def test_names_with_signs_are_found_with_the_signs_and_spelt_out(query, found):
    shelf = Shelf()
    for title in (*SIGNED, "Net Worth", "Sharp Objects"):
        shelf.put(title, language="en")
    assert shelf.titles(query) == found


@pytest.mark.parametrize(
    ("query", "kind", "shown"),
    [
        ("santi", "pinyin", "三体"),
        ("yuhua", "pinyin", "yu hua"),
        ("Hua Yu", "pinyin", "yu hua"),
        ("bngd", "initials", "百年孤独"),
        ("great gatsbi", "typo", "great gatsby"),
        ("wuthering hights", "typo", "wuthering heights"),
        ("bainiangudo", "typo", "bainiangudu"),
    ],
)
def test_it_is_said_how_a_query_was_read(shelf, query, kind, shown):
    understood = shelf.search.find(query).understood
    assert understood is not None
    assert (understood.kind, understood.said, understood.shown) == (kind, query, shown)


def test_plain_words_need_no_explanation(shelf):
    assert shelf.search.find("三体").understood is None
    assert shelf.search.find("gatsby").understood is None


@pytest.mark.parametrize("query", ["santi", "st", "great gatsbi", "白年孤独", SANTI])
def test_searching_exactly_takes_the_words_as_they_are(shelf, query):
    page = shelf.search.find(query, exact=True)
    assert page.rows == ()
    assert page.exact
    assert page.isbn is None


def test_languages_are_counted_and_can_be_chosen(shelf):
    page = shelf.search.find("marquez")
    assert {code: count.value for code, count in page.languages} == {"en": 1, "es": 1}
    spanish = shelf.search.find("marquez", language="es")
    assert titles(spanish) == ["El coronel"]
    assert spanish.total == 1
    assert spanish.languages == page.languages


def test_traditional_and_simplified_books_are_one_language(shelf):
    assert shelf.search.find("三体", language="zh").total == 3


def test_a_language_without_answers_does_not_make_the_query_mean_something_else(shelf):
    page = shelf.search.find("santi", language="fr")
    assert page.rows == ()
    assert page.did_you_mean is None


@pytest.mark.parametrize(
    "query", ["", " ", "!!!", "\x00", "\ud800", "😀", "qqqqxxxx", "x" * 10_000, "三" * 10_000, "' OR 1=1 --"]
)
@pytest.mark.parametrize("page", [-1, 0, 1, 999_999_999_999])
def test_any_query_and_any_page_number_give_a_page(shelf, query, page):
    found = shelf.search.find(query, page=page)
    assert found.page == 1
    assert found.total >= len(found.rows)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=120), st.text(max_size=40) | st.none())
def test_any_text_is_answered_without_an_error(shelf, text, language):
    shelf.search.find(text, language=language)
    shelf.search.suggest(text)


@pytest.mark.parametrize(
    "query",
    [
        "tolkein " * 12,
        "gatsbi herry poter bronti " * 3,
        "konghaicongtagajongbuxianqubongpeitu",
        "bai nian gu du " * 6,
        "a b c " * 16,
    ],
)
def test_a_hopeless_query_asks_the_index_a_bounded_number_of_times(shelf, monkeypatch, query):
    asked = []
    count = shelf.index.count
    monkeypatch.setattr(shelf.index, "count", lambda plans, **more: asked.append(plans) or count(plans, **more))
    shelf.search.find(query)
    assert len(asked) <= 400


def test_pages_show_every_book_once_beyond_the_ranked_ones():
    shelf = Shelf()
    books = [
        shelf.put("故事" if number % 7 == 0 else f"故事集{number}", popularity=number % 10) for number in range(150)
    ]
    seen: list[int] = []
    pages = [shelf.search.find("故事", page=number) for number in range(1, 9)]
    for page in pages:
        seen += [book.id for book in page.rows]
    assert pages[0].total == 150
    assert pages[0].pages == 8
    assert sorted(seen) == sorted(book.id for book in books)
    assert titles(pages[0])[:20] == ["故事"] * 20
    assert shelf.search.find("故事", page=99).rows == pages[-1].rows


def test_paging_ends_at_two_thousand_books_and_says_so(monkeypatch):
    monkeypatch.setattr("app.search.pager.MOST_SHOWN", 40)
    shelf = Shelf()
    for number in range(90):
        shelf.put(f"书 {number}")
    page = shelf.search.find("书")
    assert (page.total, page.pages, page.capped) == (90, 2, True)


def test_a_spelling_with_many_more_books_is_proposed():
    shelf = Shelf()
    shelf.put("A Companion", "Anne Tolkein", language="en")
    for number in range(10):
        shelf.put(f"Legends {number}", "J.R.R. Tolkien", language="en")
    page = shelf.search.find("tolkein")
    assert titles(page) == ["A Companion"]
    assert page.did_you_mean == "tolkien"
    assert shelf.search.find("tolkein", exact=True).did_you_mean is None


@pytest.fixture(scope="module")
def russians() -> Shelf:
    shelf = Shelf()
    shelf.put("Notes on Dostoevsky's Crime and Punishment", "James Roberts", language="en")
    for number in range(7):
        shelf.put("Crime and Punishment", "Fyodor Dostoyevsky", language="en", popularity=number)
    shelf.put("Blood Prince", "Nobody", language="en", popularity=9)
    shelf.put("A Half Blood Prince", "J.K. Rowling", language="en")
    return shelf


@pytest.mark.parametrize(
    "query",
    ["Crime and Punishment Dostoevski", "Dosteovsky Crime and Punishment", "Dostoevsky crime", "Dostoevski crime"],
)
def test_an_accident_of_a_mended_word_does_not_stop_the_widening_either(russians, query):
    assert titles(russians.search.find(query)).count("Crime and Punishment") == 7


@pytest.mark.parametrize("query", ["Dostoevsky Crime and Punishment", "author:Dostoevsky title:Crime and Punishment"])
def test_one_accidental_answer_does_not_stop_the_search_for_what_was_meant(russians, query):
    page = russians.search.find(query)
    assert titles(page) == ["Notes on Dostoevsky's Crime and Punishment", *["Crime and Punishment"] * 7]
    assert (page.total, page.did_you_mean) == (8, None)
    assert page.understood == Understanding("also", query, "dostoyevsky crime and punishment")
    assert [book.facts.title for book in russians.search.window(query, start=0, count=20).rows] == titles(page)
    assert len(titles(russians.search.find("Dostoevsky Crime and Punishment", exact=True))) == 1


def test_what_is_also_found_can_be_filtered_and_paged(russians):
    query = "Dostoevsky Crime and Punishment"
    assert russians.search.find(query, language="en").total == 8
    assert russians.search.find(query, language="fr").total == 0
    rows = [russians.search.window(query, start=start, count=3).rows for start in (0, 3, 6, 9)]
    assert list(map(len, rows)) == [3, 3, 2, 0]


def test_an_answer_that_is_no_accident_stands_alone(russians):
    for query in ("half-blood prince", "Blood Prince"):
        assert russians.search.find(query).understood is None
    assert titles(russians.search.find("half-blood prince")) == ["A Half Blood Prince"]


@pytest.fixture(scope="module")
def fields() -> Shelf:
    shelf = Shelf()
    shelf.put("活着", "余华", publisher="作家出版社", popularity=3)
    shelf.put("活着", "余华", publisher="南海出版公司", popularity=9)
    for number in range(60):
        shelf.put(f"长篇{number}", "鲁迅", popularity=9)
    shelf.put("鲁迅传", "朱正", popularity=1)
    shelf.put("挪威的森林", "村上春树", translators=("林少华",), popularity=5)
    shelf.put("林少华看村上", "无名", popularity=9)
    shelf.put("Title: A Story", "Somebody", language="en", popularity=1)
    shelf.put("A Story", "Somebody", language="en", popularity=9)
    return shelf


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("title:活着", "活着"), ("书名：活着 作者：余华", "活着"), ("書名：活著", "活着"), ("title:huozhe", "活着"), ("author:yuhua", "活着"),
        ("author:Hua Yu", "活着"), ("书名：鲁迅", "鲁迅传"), ("译者：林少华", "挪威的森林"), ("Title: A Story", "Title: A Story"),
        ("title:A Story", "Title: A Story"), ("title: story author: somebody", "A Story"),
    ],
)  # fmt: skip
def test_a_book_is_found_by_the_fields_that_are_named(fields, query, title):
    assert fields.titles(query)[0] == title


def test_those_that_have_the_named_fields_stand_first(fields):
    page = fields.search.find("出版社：作家出版社 书名：活着")
    assert [book.facts.publisher for book in page.rows] == ["作家出版社"]
    assert fields.titles("作者：鲁迅")[:20] == fields.titles("鲁迅")[:20]


def test_what_was_understood_of_the_fields_is_said_and_can_be_refused(fields):
    understood = fields.search.find("title:活着，author:余华").understood
    assert understood is not None
    assert [(field.name, field.value) for field in understood.fields] == [("title", "活着"), ("author", "余华")]
    exact = fields.search.find("title:活着", exact=True)
    assert (exact.rows, exact.understood) == ((), None)
    assert titles(fields.search.find("Title: A Story", exact=True)) == ["Title: A Story"]


def test_an_isbn_is_found_in_its_field(shelf):
    for query in (f"isbn:{SANTI}", f"书号：{SANTI}", f"title:三体 isbn:{SANTI}", f"ＩＳＢＮ：{SANTI}"):
        assert titles(shelf.search.find(query)) == ["三体"]


def test_of_a_long_text_the_beginning_is_searched(shelf):
    page = shelf.search.find("三体 " * 60)
    assert "三体" in titles(page)
    assert page.clipped
    assert not shelf.search.find("三体").clipped
    assert not shelf.search.find(f"{'三体 ' * 3}{' ' * 200}").clipped
    assert shelf.search.window("三体 " * 60, start=0, count=1).rows == page.rows[:1]


@pytest.mark.parametrize(("number", "kind"), [("6901234567892", "product"), ("9771009055008", "periodical")])
def test_a_barcode_that_is_no_book_number_finds_nothing_and_is_told(shelf, number, kind):
    page = shelf.search.find(number)
    assert (page.rows, page.isbn) == ((), None)
    assert page.barcode is not None
    assert page.barcode.kind == kind
    assert shelf.search.window(number, start=0, count=9).total == 0
    assert shelf.search.find(number, exact=True).barcode is None


def test_a_misread_digit_in_front_of_a_book_number_is_still_mended(shelf):
    page = shelf.search.find("9777536692930")
    assert page.isbn is not None
    assert [book.facts.title for book in page.isbn.nearest] == ["三体"]


def test_suggestions_begin_with_what_was_typed(shelf):
    assert shelf.suggested("三")[:2] == ["三体", "三体全集"] or shelf.suggested("三")[:2] == ["三体全集", "三体"]
    assert "三体" in shelf.suggested("sant")
    assert shelf.suggested("余") == ["余华", "活着", "许三观卖血记"] or shelf.suggested("余")[0] == "余华"
    assert shelf.suggested("the gre")[0] == "The Great Gatsby"
    assert shelf.suggested("bng") == ["百年孤独"]
    assert shelf.suggested("harry pot")[0] == "Harry Potter and the Goblet of Fire"
    assert "Wuthering Heights" in shelf.suggested("bron")


def test_a_suggested_title_names_its_book_and_an_author_none(shelf):
    kinds = {suggestion.text: suggestion for suggestion in shelf.search.suggest("余华")}
    assert (kinds["余华"].kind, kinds["余华"].isbn13) == ("author", None)
    assert kinds["活着"].kind == "title"
    assert kinds["活着"].isbn13


@pytest.mark.parametrize("text", ["", "!", "\ud800", "😀", "x" * 10_000, "qzx"])
def test_suggestions_take_any_text(shelf, text):
    assert shelf.suggested(text) == []
