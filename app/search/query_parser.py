"""What a typed query can mean: an ISBN, words, pinyin, initials, fields, or a mixture. Pure, no database, no pypinyin.

Fields are read as people bring them from elsewhere (``title:``, ``author:``, 书名：).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from app.domain.isbn import Barcode, TypedIsbn, find_isbn, find_other_barcode
from app.domain.isbn_candidates import is_shortened_alone
from app.domain.text import fold, simplified, with_usual_variants, words_of
from app.search.analyzer import LONGEST_EXACT, SHORT_NAME, exact_term, is_short, name_term, sound_term, terms_of_words
from app.search.pinyin import Syllables, is_hardly_a_word, may_be_initials
from app.search.pinyin_queries import names_by_sound, plans_by_sound, terms_of_name, without_volume

FieldName = Literal["title", "author", "translator", "publisher", "series", "isbn"]

_APART: Final = "(?<![\u4e00-\u9fff])"
"""Not behind another character: 作家出版社：活着 is a publisher and a title."""

_LABELS: Final[dict[FieldName, str]] = {
    "title": "title|intitle|书名|書名|题名|題名|标题|標題",
    "author": "authors?|inauthor|作者|著者",
    "translator": "translators?|译者|譯者",
    "publisher": f"publisher|inpublisher|{_APART}(?:出版社|出版者)",
    "series": f"series|{_APART}(?:丛书名?|叢書名?)",
    "isbn": "isbn(?:[- ]?1[03])?|书号|書號",
}
_SPLIT = re.compile(rf"(?<![a-z])({'|'.join(_LABELS.values())})\s*:(?!//)", re.IGNORECASE)
_AROUND: Final = " \t\r\n,;，；、。|/\"'“”‘’="


@dataclass(frozen=True, slots=True)
class Field:
    """What is said of one field of a book."""

    name: FieldName
    value: str


def read_fields(text: str) -> tuple[tuple[Field, ...], str]:
    """Return the fields that a text names, and all its words without their names; no fields if it names none with a value."""
    before, *parts = _SPLIT.split(unicodedata.normalize("NFKC", text))
    labels, values = parts[::2], [part.strip(_AROUND) for part in parts[1::2]]
    named = [Field(_name(label), value) for label, value in zip(labels, values, strict=True)]
    fields = tuple(field for field in named if any(map(str.isalnum, field.value)))
    return fields, " ".join(filter(None, (before.strip(_AROUND), *values)))


def _name(label: str) -> FieldName:
    return next(name for name, labels in _LABELS.items() if re.fullmatch(labels, label, re.IGNORECASE))


LONGEST_QUERY: Final = 100
"""Characters of a query that are read; what is behind them is left out."""

_WORD = re.compile(r"[^\W\u2e80-\uffff]+")
_WORD_AT_END = re.compile(_WORD.pattern + r"\Z")

PlanKind = Literal["words", "pinyin", "name", "initials", "typo"]


@dataclass(frozen=True, slots=True)
class Interpretation:
    """One way to read a query: books that have all these terms. `shown` is what was understood, for the visitor."""

    terms: tuple[str, ...]
    kind: PlanKind
    shown: str
    groups: tuple[Syllables, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedQuery:
    """All that a query can mean. The answer is the union of the plans; books of `first` are the exact ones.

    With `fields`, `folded`, `words` and the plans are of what is said of them, and `literal` is the query read as it stands, for a
    title that really begins with "Title:". `barcode` is a number that is no book's, `is_shortened` says that it is one in exponent form; `is_also` says that it is asked besides the query as it stands.
    """

    said: str
    folded: str
    words: tuple[str, ...]
    isbn: TypedIsbn | None = None
    plans: tuple[Interpretation, ...] = ()
    first: tuple[tuple[str, ...], ...] = ()
    barcode: Barcode | None = None
    is_shortened: bool = False
    fields: tuple[Field, ...] = ()
    literal: ParsedQuery | None = None
    is_also: bool = False


def clip(text: str) -> str:
    """Return what is read of a text: its first hundred characters, and no word that they cut in two unless it is the only one."""
    if len(text) <= LONGEST_QUERY:
        return text
    whole = text.strip()
    first, rest = whole[:LONGEST_QUERY], whole[LONGEST_QUERY:]
    uncut = _WORD_AT_END.sub("", first) if _WORD.match(rest) else first
    return uncut.rstrip() or first


def parse_query(text: str, *, exact: bool = False) -> ParsedQuery:
    """Read a query. With `exact` it is words and nothing else: no ISBN, no fields, no pinyin, no initials."""
    said = clip(text).strip()
    fields, values = ((), said) if exact else read_fields(said)
    if not fields:
        return _read(said, exact=exact)
    meant, literal = _read(values, exact=False), _read(said, exact=True)
    return replace(
        meant,
        said=said,
        isbn=find_isbn(said),
        plans=tuple({plan.terms: plan for plan in (*meant.plans, *literal.plans)}.values()),
        first=tuple(dict.fromkeys((*literal.first, *meant.first))),
        fields=fields,
        literal=literal,
    )


def _read(said: str, *, exact: bool) -> ParsedQuery:
    plain = simplified(said)
    folded = with_usual_variants(plain)
    words = tuple(words_of(folded))
    isbn = None if exact else find_isbn(said)
    if not words:
        return ParsedQuery(said=said, folded=folded, words=words, isbn=isbn)
    barcode = None if exact else find_other_barcode(said)
    plans = [Interpretation(terms_of_words(words), "words", folded)]
    first: list[tuple[str, ...]] = [(exact_term(folded),)] if is_short(folded) else []
    if not exact:
        joined = _without_hyphens(said)
        plans += [Interpretation(terms_of_words(joined), "words", " ".join(joined))] if joined else []
        plans += (
            [Interpretation((exact_term(folded),), "words", folded)] if folded.isascii() and is_short(folded) else []
        )
        spoken = plans_by_sound(plain)
        plans += [Interpretation(way.terms, "pinyin", way.shown, way.groups) for way in spoken]
        first += [term for way in spoken if way.is_whole for term in _whole(way.groups[0])]
        names = [Interpretation(terms_of_name(name), "name", " ".join(name), (name,)) for name in names_by_sound(plain)]
        plans += names
        first += [plan.terms for plan in names]
        initials = _initials(words)
        plans += initials
        first += [plan.terms for plan in initials if is_hardly_a_word(plan.shown)]
    distinct = {plan.terms: plan for plan in reversed(plans)}
    return ParsedQuery(
        said=said,
        folded=folded,
        words=words,
        isbn=isbn,
        plans=tuple(reversed(distinct.values())),
        first=tuple(dict.fromkeys(first)),
        barcode=barcode,
        is_shortened=not exact and is_shortened_alone(said),
    )


def _whole(syllables: Syllables) -> list[tuple[str]]:
    """Return the plans for a title, and for an author, that sounds like this and nothing more."""
    titles = [(sound_term(syllables),)] if len(syllables) <= LONGEST_EXACT else []
    return [*titles, (name_term(syllables),)] if len(syllables) <= SHORT_NAME else titles


def _without_hyphens(said: str) -> tuple[str, ...]:
    """Return the words with hyphened ones written as one (Spider-Man as spiderman), or nothing if there are none."""
    joined = re.sub(r"(?<=\w)[-\u2010\u2011](?=\w)", "", said)
    return tuple(words_of(fold(joined))) if joined != said else ()


def _initials(words: Sequence[str]) -> list[Interpretation]:
    """Read ``bngd`` or ``yhdg 6`` as first letters of syllables, with a volume behind."""
    letters, volume = without_volume(words[0])
    behind = [number for number in (volume, *words[1:]) if number]
    if not may_be_initials(letters) or not all(map(str.isdigit, behind)):
        return []
    return [Interpretation(("i" + letters, *terms_of_words(behind)), "initials", letters)]
