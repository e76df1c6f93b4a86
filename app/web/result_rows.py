"""Books as the rows of a search page: everything a template would have to work out, worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.domain.book import BookFacts
from app.queries.book import Book
from app.search.highlight import spans
from app.web.looks import tongue

_SUBJECTS = 4
_AUTHORS = 3
_DOT = Markup("&nbsp;· ")
_WHOLE = Markup('<span class="whole">{}</span>')


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One book of a search page; `Markup` fields hold escaped text with `<mark>` around what was searched for."""

    isbn13: str
    url: str
    cover: str
    tongue: Markup
    title: Markup
    subtitle: Markup
    meta: Markup
    subjects: tuple[str, ...]


def result_rows(books: Sequence[Book], query: str) -> list[ResultRow]:
    """Return the rows of these books; the words of the query are marked."""
    root = request.script_root
    pages_word, list_mark = _("%(pages)s 页", pages="{}"), _("、")
    return [_row(book.facts, query, root, pages_word, list_mark) for book in books]


def _row(facts: BookFacts, query: str, root: str, pages_word: str, list_mark: str) -> ResultRow:
    authors = list_mark.join(facts.authors[:_AUTHORS]) + ("…" if len(facts.authors) > _AUTHORS else "")
    pages = pages_word.format(facts.pages) if facts.pages.isdigit() else facts.pages
    short = (_WHOLE.format(part) for part in (facts.pubdate, pages, facts.price) if part)
    meta = (marked(authors, query), escape(facts.publisher), *short)
    return ResultRow(
        isbn13=facts.isbn13,
        url=f"{root}/book/{facts.isbn13}/detail",
        cover=f"{root}/cover/{facts.isbn13}",
        tongue=tongue(facts.language),
        title=marked(facts.title, query),
        subtitle=marked(facts.subtitle, query),
        meta=_DOT.join(part for part in meta if part),
        subjects=facts.subjects[:_SUBJECTS],
    )


def marked(text: str, query: str) -> Markup:
    """Return the text, escaped, with `<mark>` around what the query matches."""
    found = spans(text, query) if text and query else []
    if not found:
        return escape(text)
    parts, done = [], 0
    for start, end in found:
        parts.append(f"{escape(text[done:start])}<mark>{escape(text[start:end])}</mark>")
        done = end
    return Markup("".join(parts)) + escape(text[done:])  # noqa: S704 - every part is escaped above
