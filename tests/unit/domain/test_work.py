"""Editions of one work have one key, and other works another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.book import BookFacts
from app.domain.work import WorkKey, language_group, work_key


def book(title: str, subtitle: str = "", **facts: object) -> BookFacts:
    said = {"isbn13": "9787536692930", "authors": ("刘慈欣",), "language": "zh"} | facts
    return BookFacts(title=title, subtitle=subtitle, **said)  # type: ignore[arg-type]


def english(title: str, subtitle: str = "", **facts: object) -> BookFacts:
    return book(title, subtitle, **{"authors": ("Mary Shelley",), "language": "en", "subjects": ("History",)} | facts)


SAME = {
    "script": [book("三體"), book("三体")],
    "remark behind a dash": [book("谁动了我的奶酪？"), book("谁动了我的奶酪?-纪念版")],
    "number": [book("1984"), book("一九八四"), book("一九八四（精装）")],
    "number in a title": [book("你在天堂里遇见的5个人"), book("你在天堂里遇见的五个人")],
    "number without a word for it": [book("从〇开始"), book("从零开始"), book("从0开始")],
    "first name": [book("金字塔原理", authors=("芭芭拉 名托",)), book("金字塔原理", authors=("芭芭拉·明托 (Barbara Minto)",))],
    "second title": [book("局外人", authors=("阿尔贝·加缪",)), book("异乡人", authors=("卡缪",))],
    "second English title": [english("Demons", authors=("Fyodor Dostoyevsky",)), english("The Possessed: A Novel", authors=("F. Dostoevskii",))],
    "number apart": [book("明朝那些事儿（壹）"), book("明朝那些事兒 壹"), book("明朝那些事儿 一"), book("明朝那些事儿Ⅰ-洪武大帝")],
    "volume": [book("三体Ⅱ"), book("三体2"), book("三體 Ⅱ"), book("三体２：黑暗森林"), book("三体（2）"), book("三体", "第二部")],
    "lot": [book("平凡的世界"), book("平凡的世界（全三册）"), book("平凡的世界 全三部"), book("平凡的世界(上、中、下)")],
    "remark": [book("活着"), book("活着（精装）"), book("活着（20周年纪念版）"), book("活着：全新修订版", subjects=("小说",)), book("活着 珍藏版")],
    "name of the edition": [book("藏地白皮书"), book("藏地白皮书·十年爱情见证版")],
    "series in front": [book("新月", series="暮光之城"), book("暮光之城·新月", series="暮光之城")],
    "named book of a series": [book("基地与帝国"), book("银河帝国2：基地与帝国", series="银河帝国")],
    "novel of a series in several volumes": [book("多情剑客无情剑"), book("小李飞刀1：多情剑客无情剑（上中下）")],
    "little words": [book("月亮和六便士"), book("月亮与六便士")],
    "more little words": [book("少年维特的烦恼"), book("少年维特之烦恼")],
    "joined by a sign": [book("夏天、烟火和我的尸体"), book("夏天．煙火．我的屍體")],
    "article": [english("The Alchemist"), english("Alchemist"), english("THE ALCHEMIST")],
    "kind": [english("Chocolat"), english("Chocolat", "A Novel"), english("Chocolat: a novel"), english("Chocolat (Penguin Classics)")],
    "edition": [english("Dune"), english("Dune (40th Anniversary Edition)"), english("Dune: Movie Tie-In"), english("Dune [Paperback]")],
    "or": [english("Moby Dick"), english("Moby-Dick; or, The Whale"), english("Moby Dick: or the Whale")],
    "subtitle": [english("Fast Food Nation"), english("Fast Food Nation: The Dark Side of the All-American Meal")],
    "long subtitle": [english("Good Omens", subjects=("Fiction",)), english("Good Omens: The Nice and Accurate Prophecies of Agnes Nutter", subjects=())],
    "stories behind": [english("A Hard Day's Write", subjects=()), english("A Hard Day's Write: The Stories Behind Every Song", subjects=())],
    "retold by its author": [english("Beauty"), english("Beauty: A Retelling of the Story of Beauty and the Beast")],
    "year": [english("The Red and the Black"), english("The Red and the Black: A Chronicle of 1830")],
    "ordinal": [english("Faust Part One"), english("Faust, the First Part"), english("Faust, Part 1"), english("Faust First Part")],
    "in series": [english("The Two Towers"), english("The Two Towers", "Being the Second Part of The Lord of the Rings")],
    "series in brackets": [english("The Deep"), english("The Deep (Dive Trilogy)"), english("The Deep (Dive, #2)")],
    "author in the title": [english("Confessions"), english("Confessions of Mary Shelley")],
    "preface": [english("The Whole World"), english("The Whole World with a New Preface")],
    "audio": [english("Dune", publisher="Random House Audio"), english("Dune", binding="Audio CD"), english("Dune", pages="6")],
    "author": [english("Emma", authors=("Austen, Jane",)), english("Emma", authors=("Jane Austen", "Fiona Stafford"))],
    "two scripts of the author": [book("钢炼 1", authors=("Hiromu Arakawa", "荒川弘")), book("钢炼 1", authors=("荒川弘",))],
    "pen name": [english("Rage", authors=("Richard Bachman",)), english("Rage", authors=("Stephen King",))],
    "partners": [english("Good Omens", authors=("Neil Gaiman", "Terry Pratchett")), english("Good Omens", authors=("Terry Pratchett",))],
    "Latin name": [book("费马大定理", authors=("Simon Singh",)), book("费马大定理", authors=("西蒙·辛格",))],
    "one spelling": [book("情人", authors=("莒哈絲",)), book("情人", authors=("玛格丽特·杜拉斯",))],
    "short introduction": [english("Augustine"), english("Augustine: A Very Short Introduction")],
    "Spanish remark": [english("El alquimista", language="es"), english("El alquimista: Edición ilustrada", language="es")],
    "place in a series": [english("Harry Potter and the Goblet of Fire"), english("Harry Potter and the Goblet of Fire (Book Four)")],
    "place in the writings": [english("Billy Budd"), english("Billy Budd: The Writings of Herman Melville Volume 13")],
    "lot of a series": [
        english("The Tolkien Boxed Set", series="Middle-earth #1-3"), english("A Middle-earth Omnibus in Three Volumes", series="Middle-earth #1-3"),
    ],
    "course of a year": [english("Social Psychology", pubdate="2006-01"), english("Social Psychology: How People Think and Live Together", pubdate="2006")],
    "told, not taught": [english("Tribal Statistics", subjects=("Fiction",), pubdate="2006"), english("Tribal Statistics", subjects=("Fiction",), pubdate="2008")],
    "publisher": [book("论语", authors=(), publisher="中华书局"), book("論語", authors=("佚名",), publisher="中华书局")],
}  # fmt: skip

OTHER = {
    "volume": [book("三体"), book("三体Ⅱ"), book("三体3"), book("三体全集"), book("三体（1-3）"), book("三体（套装共3册）")],
    "part": [book("兄弟"), book("兄弟（上）"), book("兄弟（下）")],
    "series": [book("易中天中华史：祖先"), book("易中天中华史：国家"), book("易中天中华史")],
    "abridged": [book("简爱"), book("简爱（缩写版）"), book("简爱（英文全本）"), book("简爱", series="名著典藏·中英对照全译本")],
    "comic": [book("盗墓笔记1"), book("盗墓笔记1", series="盗墓笔记 漫画版")],
    "edition for collectors": [book("暮光之城"), book("暮光之城-豪华珍藏版", pages="1900")],
    "textbook of a publisher": [english("Rivers", publisher="Wiley"), english("Rivers (Revised Edition)", publisher="Wiley")],
    "retold in a series": [
        english("Swan Lake", series="Swan Lake"), english("Swan Lake: A Retelling of the Old Story", series="Swan Lake"),
    ],
    "bundle": [book("那些年"), book("那些年（套装上下册）")],
    "popular": [book("时间简史"), book("时间简史(普及版)")],
    "textbook": [book("经济学原理"), book("经济学原理（第4版）"), book("经济学原理（修订版）"), book("经济学原理", series="经济学原理（第5版）")],
    "english textbook": [english("Calculus"), english("Calculus: Second Edition"), english("Calculus (3rd Edition)"), english("Calculus, 4th ed.")],
    "course": [book("传播学教程", pubdate="1999-11"), book("传播学教程", pubdate="2011"), book("传播学教程"), book("传播学教程（第2版）", pubdate="2011")],
    "discipline of a publisher": [
        book("社会心理学", publisher="人民邮电出版社", pubdate="2006"), book("社会心理学", publisher="人民邮电出版社", pubdate="2014"),
    ],
    "english course": [english("Basic Economics", pubdate="2003"), english("Basic Economics: A Citizen's Guide to the Economy", pubdate="2007")],
    "course of a publisher": [english("The Actor", publisher="Allyn & Bacon", pubdate=year) for year in ("2002", "2005")],
    "course by its subject": [english("Thinking in Loops", subjects=("Computers",), pubdate=year) for year in ("2002", "2005")],
    "drawn": [english("Magician"), english("Magician", publisher="Dabel Brothers Productions"), english("Magician", publisher="Naxos AudioBooks")],
    "picture book": [english("Eats Shoots"), english("Eats Shoots: Why Commas Really Do Make a Difference", pages="32")],
    "lots": [english("A Boxed Set", series="Middle-earth #1-3"), english("A Boxed Set", series="Middle-earth #4-6"), english("A Boxed Set")],
    "counted in two ways": [english("JoJo 14", series="Crusaders #2"), english("JoJo 14", series="Crusaders #3"), english("JoJo 14", series="JoJo #14")],
    "series with a place": [english("A Song of Ice and Fire"), english("A Song of Ice and Fire (Book 1)")],
    "text and criticism": [english("White Noise"), english("White Noise: Text and Criticism"), english("White Noise (Abridged)")],
    "adaptation": [
        english("Lolita"), english("Lolita: The Screenplay"), english("Lolita (Graphic Novel)"), english("Lolita: A Play"), english("Lolita (SparkNotes Literature Guide)"),
        english("Lolita (Great Illustrated Classics)"), english("Lolita (Book & CD)"),
    ],
    "two books": [english("Muhammad: A Biography of the Prophet"), english("Muhammad", "A Prophet for Our Time")],
    "notes": [english("Frankenstein"), english("Shelley's Frankenstein"), english("Frankenstein", publisher="SparkNotes")],
    "omnibus": [english("Animal Farm"), english("Animal Farm / 1984"), english("Animal Farm ; The Road to Wigan Pier of Long Ago")],
    "part of the whole": [english("The Faerie Queene"), english("The Faerie Queene: Books I to III"), english("The Faerie Queene, Book One")],
    "comics": [english("Batman", subjects=("Comics",)), english("Batman: Arkham Asylum - A Serious House on Serious Earth", subjects=("Comics",))],
    "listed": [
        english("Novels", subjects=("Fiction",)),
        english("Novels: The Scarlet Letter, The House of the Seven Gables, The Marble Faun", subjects=("Fiction",)),
    ],
    "one of a series": [english("Abarat", subjects=()), english("Abarat: Days of Magic, Nights of War", subjects=())],
    "told in a series": [
        english("The Lord of the Rings", subjects=("Fiction",)), english("The Lord of the Rings: The Return of the King", subjects=("Fiction",)),
    ],
    "language": [book("小王子"), book("小王子", language="ja"), book("小王子", language="en")],
    "format": [english("Dune"), english("Dune", publisher="Brilliance Audio")],
    "author": [english("Emma"), english("Emma", authors=("Jane Austen",)), book("情人", authors=("杜拉斯",)), book("情人", authors=("渡边淳一",))],
    "nobody": [english("Poems", authors=()), english("Poems", authors=(), isbn13="9780000000002"), english("Poems", authors=(), publisher="Verso")],
    "no title": [book("无题"), book("无题", isbn13="9787020000000"), book("untitled", isbn13="9787020000001")],
}  # fmt: skip


@pytest.mark.parametrize("books", SAME.values(), ids=SAME)
def test_editions_of_one_work_have_one_key(books: list[BookFacts]) -> None:
    assert {work_key(facts) for facts in books} == {work_key(books[0])}


@pytest.mark.parametrize("books", OTHER.values(), ids=OTHER)
def test_other_works_have_another_key(books: list[BookFacts]) -> None:
    assert len({work_key(facts) for facts in books}) == len(books)


def test_the_hash_and_the_text_are_stable() -> None:
    # Both are stored: another hash would make every work a new one.
    key = work_key(book("三體Ⅱ"))
    assert key == WorkKey("三体", "2", "刘慈欣", "zh", "print")
    assert key.text == "三体 · 2 · 刘慈欣 · zh · print"
    assert key.hash == "a5f3a56cb2de122a960eb495d9f445b0"


def test_parts_do_not_run_into_each_other() -> None:
    assert WorkKey("a", "b", "", "", "").hash != WorkKey("ab", "", "", "", "").hash


@pytest.mark.parametrize(
    ("code", "isbn13", "title", "group"),
    [
        ("zh-Hant", "9789570000000", "三體", "zh"), ("en-GB", "9780000000002", "Emma", "en"), ("", "9787020000000", "三体", "zh"),
        ("", "9780000000002", "Emma", "en"), ("", "9784000000000", "こころ", "ja"), ("", "9784000000000", "人間失格", "ja"),
        ("", "9787020000000", "Emma", ""), ("", "9780000000002", "三体", "zh"), ("", "9799900001026", "Emma", ""), ("und", "9783000000000", "Faust", "de"),
    ],
)  # fmt: skip
def test_languages_are_grouped_without_script_and_region(code: str, isbn13: str, title: str, group: str) -> None:
    assert language_group(code, isbn13, title) == group


TITLES = st.lists(
    st.sampled_from(
        ["三体", "紅樓夢", "Moby", "Dick", " ", "：", "（", "）", "2", "Ⅱ", "上", "全三册", "第2版", "精装", "Vol. 3", "a Novel", "·", " - ", "/", ";", "é", "第", "册"]
    ),
    max_size=8,
).map("".join)  # fmt: skip
WIDE = {code: code + 0xFEE0 for code in map(ord, "0123456789():;!?")}


@given(TITLES, TITLES)
def test_case_width_and_script_do_not_matter(title: str, subtitle: str) -> None:
    key = work_key(book(title, subtitle))
    assert work_key(book(title.upper(), subtitle.upper())) == key
    assert work_key(book(title.translate(WIDE), subtitle.translate(WIDE))) == key
    assert work_key(book(title.replace("三体", "三體"), subtitle.replace("红楼梦", "紅樓夢"))) == key


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=20))
def test_any_text_has_a_key(title: str, subtitle: str, author: str) -> None:
    key = work_key(book(title, subtitle, authors=(author,) if author else ()))
    assert len(key.hash) == 32
    assert key == work_key(book(title, subtitle, authors=(author,) if author else ()))
