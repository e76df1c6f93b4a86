"""Books as the rows of a search page: everything a template would have to work out, worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.container import container
from app.domain.book import BookFacts
from app.queries.book import Book
from app.search.highlight import Highlighter
from app.web.cover import cover_elsewhere_of
from app.web.looks import tongue

_SUBJECTS = 4
_AUTHORS = 3
_DOT = "&nbsp;· "


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One book of a search page; `Markup` fields hold escaped text with `<mark>` around what was searched for.

    `givers` is the number of copies that can be had now.
    """

    isbn13: str
    url: str
    cover: str
    tongue: Markup
    title: Markup
    subtitle: Markup
    meta: Markup
    subjects: tuple[str, ...]
    givers: int


class ResultRows:
    """Turns books into rows, for one query of one visitor."""

    def __init__(self, query: str) -> None:
        self._highlighter = Highlighter(query)
        self._root = request.script_root
        self._pages = _("%(pages)s 页", pages="{}")
        self._list_mark = _("、")

    def of(self, books: Sequence[Book]) -> list[ResultRow]:
        """Return a row for each book."""
        givers = container.shelf.count_open([book.facts.isbn13 for book in books])
        return [self._row(book.facts, givers.get(book.facts.isbn13, 0)) for book in books]

    def elsewhere(self, books: Sequence[BookFacts]) -> list[ResultRow]:
        """Return a row for each book that a source has found; the catalogue need not have it."""
        return [replace(self._row(facts, 0), cover=cover_elsewhere_of(facts)) for facts in books]

    def _row(self, facts: BookFacts, givers: int) -> ResultRow:
        return ResultRow(
            isbn13=facts.isbn13,
            url=f"{self._root}/book/{facts.isbn13}/detail",
            cover=f"{self._root}/cover/{facts.isbn13}",
            tongue=tongue(facts.language),
            title=self.marked(facts.title),
            subtitle=self.marked(facts.subtitle),
            meta=self._meta(facts),
            subjects=facts.subjects[:_SUBJECTS],
            givers=givers,
        )

    def _meta(self, facts: BookFacts) -> Markup:
        authors = self._list_mark.join(facts.authors[:_AUTHORS]) + ("…" if len(facts.authors) > _AUTHORS else "")
        pages = self._pages.format(facts.pages) if facts.pages.isdigit() else facts.pages
        whole = [f'<span class="whole">{escape(part)}</span>' for part in (facts.pubdate, pages, facts.price) if part]
        parts = [part for part in (self.marked(authors), escape(facts.publisher), *whole) if part]
        return Markup(_DOT.join(parts))  # noqa: S704 - every part is escaped above

    def marked(self, text: str) -> Markup:
        """Return the text, escaped, with `<mark>` around what the query matches."""
        found = self._highlighter.spans(text) if text else []
        if not found:
            return escape(text)
        parts, done = [], 0
        for start, end in found:
            parts.append(f"{escape(text[done:start])}<mark>{escape(text[start:end])}</mark>")
            done = end
        return Markup(f"{''.join(parts)}{escape(text[done:])}")  # noqa: S704 - every part is escaped above
