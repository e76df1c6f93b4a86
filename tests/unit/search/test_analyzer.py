"""What a book is kept under."""

import pytest

from app.domain.book import BookFacts
from app.domain.catalogue_name import NameKind
from app.search.analyzer import (
    DECADE_LETTER,
    LISTED_LETTERS,
    NAME_LETTERS,
    decade_term,
    exact_term,
    is_short,
    listed_term,
    main_part,
    sound_term,
    terms,
    terms_of_words,
)
from app.search.index.port import COMPLETED_KINDS, CORRECTED_KINDS, is_correctable
from app.search.index.vocabulary import may_complete
from app.search.query_parser import parse_query


def words(**facts):
    return terms(BookFacts(**({"isbn13": "9787536692930", "title": "-"} | facts))).words


def test_a_chinese_title_is_kept_by_pairs_single_characters_pinyin_and_initials():
    found = words(title="百年孤独", language="zh")
    assert {"w百年", "w年孤", "w孤独", "w百", "pbainian", "pniangu", "pgudu", "ibngd", "lzh"} <= found


def test_a_traditional_title_is_kept_like_its_simplified_form():
    assert words(title="三體", language="zh-Hant") == words(title="三体", language="zh-Hans")


@pytest.mark.parametrize(
    ("title", "sound"),
    [
        ("重庆森林", "pchongqing"),
        ("曾国藩家书", "pzengguo"),
        ("绿野仙踪", "pluye"),
        ("女生", "pnusheng"),
        ("长安", "pchangan"),
        ("名著", "pmingzhu"),
        ("活著", "phuozhe"),
        ("東亜", "pdongya"),
        ("乾隆皇帝", "pqianlong"),
    ],
)
def test_a_polyphone_is_read_by_its_phrase_or_both_ways(title, sound):
    assert sound in words(title=title)


def test_authors_are_kept_by_name_pinyin_and_initials():
    found = words(authors=("刘慈欣", "J.R.R. Tolkien"))
    assert {"w刘慈", "w慈欣", "pliuci", "aliucixin", "ilcx", "wjrr", "wj", "wtolkien"} <= found


def test_a_name_with_a_dot_is_found_without_it():
    assert set(terms_of_words(["加西亚马尔克斯"])) <= words(authors=("加西亚·马尔克斯",))


def test_every_field_of_words_counts():
    found = words(
        title="Gilead", subtitle="A Novel", original_title="Originals", translators=("林少华",), series="译文经典",
        publisher="Picador",
    )  # fmt: skip
    assert {"wgilead", "wnovel", "woriginal", "w林少", "w经典", "wpicador"} <= found


@pytest.mark.parametrize(
    ("title", "word"),
    [("Spider-Man", "wspiderman"), ("d'Urbervilles", "wurberville"), ("Harry's Game", "wharry"), ("Part II", "w2")],
)
def test_words_are_kept_in_the_other_forms_in_which_they_are_typed(title, word):
    assert word in words(title=title)


def test_a_short_title_and_its_main_part_have_terms_of_their_own():
    found = words(title="三体（典藏版）")
    assert {exact_term("三体"), sound_term(["san", "ti"])} <= found
    assert exact_term("the great gatsby") in words(title="Great Gatsby")
    assert not is_short("a heartbreaking work of staggering genius")


def test_what_follows_brackets_colons_and_dashes_is_not_the_main_part():
    assert [main_part(title) for title in ("三体（全集）", "Alanna: The First", "（上）", "明朝那些事儿 - 壹")] == [
        "三体", "Alanna", "（上）", "明朝那些事儿",
    ]  # fmt: skip


def test_a_japanese_title_has_no_pinyin():
    assert not any(term[0] == "p" for term in words(title="ヒカルの碁 院生試験"))


@pytest.mark.parametrize("title", ["", "!!!", "\x00", "\ud800", "😀", "𠮷野家", "的" * 500, "a " * 250])
def test_any_title_can_be_kept(title):
    assert all(len(term.encode()) <= 130 for term in words(title=title, authors=(title,)))


def test_a_book_is_listed_by_its_names_in_any_spelling():
    listed = {
        listed_term(NameKind.AUTHOR, "劉慈欣"),
        listed_term(NameKind.SERIES, "中国科幻基石丛书"),
        listed_term(NameKind.PUBLISHER, "重慶出版社"),
        listed_term(NameKind.SUBJECT, "Science fiction"),
    }
    found = words(
        authors=("[中] 刘慈欣",), series="中国科幻基石丛书 #1", publisher="重庆出版社", subjects=("Science Fiction",)
    )
    assert listed <= found
    assert {term[0] for term in listed} == set(NAME_LETTERS.values())
    assert {len(term) for term in listed} == {1 + LISTED_LETTERS}


def test_nobody_lists_a_book_by_a_name_that_is_none():
    assert not {term[0] for term in words(authors=("佚名",), subjects=("…",))} & set(NAME_LETTERS.values())


@pytest.mark.parametrize("kind", NameKind)
def test_what_is_typed_reaches_no_listed_term(kind: NameKind):
    term = listed_term(kind, "刘慈欣")
    for typed in (term, term[0], "刘慈欣", f"author: {term}", "xinlangren"):
        plans = parse_query(typed).plans
        assert not {asked[0] for plan in plans for asked in plan.terms} & set(NAME_LETTERS.values())
    assert term[0] not in COMPLETED_KINDS + CORRECTED_KINDS
    assert not is_correctable(term)
    assert not may_complete(term)


def test_a_book_is_listed_by_its_decade_and_nothing_typed_asks_for_it():
    term = decade_term(1990)
    assert term in words(pubdate="1999-10")
    assert not [found for found in words(pubdate="n.d.") if found[0] == DECADE_LETTER]
    for typed in (term, "1990", "199", "90年代"):
        assert DECADE_LETTER not in {asked[0] for plan in parse_query(typed).plans for asked in plan.terms}
    assert term[0] not in COMPLETED_KINDS + CORRECTED_KINDS
    assert not is_correctable(term)
    assert not may_complete(term)
