"""What is asked in a measurement: ten kinds of questions about books that are there, the same in every run."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from itertools import combinations

from opencc import OpenCC
from pypinyin import lazy_pinyin

from app.container import Container
from app.domain.catalogue_name import NameKind, names_of
from app.queries.book import BookRow
from app.search.analyzer import terms
from app.search.index.port import TermSet, is_correctable
from app.search.query_parser import parse_query

SAMPLE = 5000


@dataclass(frozen=True)
class Questions:
    """Texts as a person types them, and what they come to."""

    texts: list[str]
    plans: list[TermSet]
    words: list[str]
    typos: list[str]
    typed: list[str]
    common: TermSet
    pair: TermSet
    names: dict[NameKind, list[str]]
    books: list[BookRow]


def choose(container: Container, count: int) -> Questions:
    """Ask for random books of the catalogue, each kind of question alike often."""
    rng = random.Random(9)
    sample = _sample(container, rng)
    to_traditional = OpenCC("s2t").convert
    texts = []
    while len(texts) < count:
        text = _text(rng.choice(sample), len(texts) % 10, rng, to_traditional)
        if text and parse_query(text).plans and parse_query(text).isbn is None:
            texts.append(text)
    words = Counter(term for book in sample for term in terms(book.facts).words if term[0] == "w")
    common = [word for word, _ in words.most_common(40)]
    worst = min(combinations(common, 2), key=lambda pair: _meetings(container, pair))
    long_words = sorted(word for word in words if is_correctable(word) and len(word) > 5)
    return Questions(
        texts=texts,
        plans=[parse_query(text).plans[0].terms for text in texts],
        words=sorted(words),
        typos=[word[:3] + word[4:] for word in rng.sample(long_words, min(500, len(long_words)))],
        typed=[text[: rng.randint(1, len(text))] for text in texts[:1000]],
        common=(common[0],),
        pair=worst,
        names={kind: _names(sample, kind, rng) for kind in NameKind},
        books=sample[:count],
    )


def _names(sample: list[BookRow], kind: NameKind, rng: random.Random) -> list[str]:
    """Return names of random books, so that a frequent name comes as often as its books do."""
    found = [name for book in sample for name in names_of(book.facts, kind)]
    return rng.sample(found, min(500, len(found)))


def _meetings(container: Container, pair: TermSet) -> tuple[bool, int]:
    """Order pairs by how rarely they meet for how common they are; those that never meet last."""
    both = container.catalogue.search_index.count([pair]).value
    alone = min(container.catalogue.search_index.count([(word,)]).value for word in pair)
    return both == 0, both * 1_000_000 // max(alone, 1)


def _sample(container: Container, rng: random.Random) -> list[BookRow]:
    from app.queries.catalogue import IndexedBookQueries

    last = container.core.sql.fetchvalue("SELECT MAX(id) FROM book") or 1
    ids = rng.sample(range(1, last + 1), min(SAMPLE, last))
    books = IndexedBookQueries(container.core.sql)
    return [book for start in range(0, len(ids), 500) for book in books.find_many(ids[start : start + 500]).values()]


def _text(book: BookRow, kind: int, rng: random.Random, to_traditional) -> str:
    facts = book.facts
    is_chinese = facts.language.startswith("zh")
    parts = (
        [facts.title[at : at + 2] for at in range(0, len(facts.title) - 1, 2)] if is_chinese else facts.title.split()
    )
    author = facts.authors[0] if facts.authors else ""
    word = rng.choice(parts) if parts else ""
    sounds = lazy_pinyin(facts.title) if is_chinese else []
    kinds = (
        facts.title,
        " ".join(rng.sample(parts, min(2, len(parts)))),
        word,
        author,
        f"{author} {word}",
        facts.publisher,
        f"{facts.publisher} {word}",
        "".join(sounds),
        "".join(sound[0] for sound in sounds),
        to_traditional(facts.title) if is_chinese else facts.title.lower(),
    )
    return kinds[kind]
