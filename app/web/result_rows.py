"""Books as the rows of a search page, written here and not by a macro: twenty rows of ten values each took a third of a page's time."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.container import container
from app.domain.book import BookFacts
from app.domain.characters import isolated
from app.http.auth import asking_id
from app.queries.book import BookRow
from app.search.highlight import Highlighter
from app.web.cover import cover_elsewhere_of
from app.web.template_helpers import lang_attr

_SUBJECTS = 4
_AUTHORS = 3
_DOT = "&nbsp;· "


class ResultRows:
    """Turns books into rows (`<li>` for `<ul class="rows">`), for one query of one visitor: what was searched for is in `<mark>`.

    :param level: of the headings
    :param editions: how many the catalogue has of each work, by `work_id`
    """

    def __init__(self, query: str, level: int = 2, editions: Mapping[int, int] = MappingProxyType({})) -> None:
        self._editions = editions
        self._highlighter = Highlighter(query)
        self._heading = f"h{level}"
        self._root = request.script_root
        self._pages = _("%(pages)s 页", pages="{}")
        self._list_mark = _("、")

    def of(self, books: Sequence[BookRow]) -> list[Markup]:
        """Return a row for each book, which says how many copies of it can be had now."""
        givers = container.exchange.listings.count_open([book.facts.isbn13 for book in books], asking_id())
        return [
            self._row(
                book.facts,
                f"{self._root}/cover/{book.facts.isbn13}",
                givers.get(book.facts.isbn13, 0),
                others=self._editions.get(book.work_id, 1) - 1,
            )
            for book in books
        ]

    def elsewhere(self, books: Sequence[BookFacts]) -> list[Markup]:
        """Return a row for each book that a source has found; the catalogue need not have it."""
        return [self._row(facts, cover_elsewhere_of(facts), 0) for facts in books]

    def _row(self, facts: BookFacts, cover: str, givers: int, others: int = 0) -> Markup:
        url, language, heading = f"{self._root}/book/{facts.isbn13}/detail", lang_attr(facts.language), self._heading
        subtitle = f'<p class="meta subtitle"{language}>{self.marked(facts.subtitle)}</p>' if facts.subtitle else ""
        return Markup(  # noqa: S704 - every part is escaped
            f'<li class="book-row"><a href="{url}" tabindex="-1" aria-hidden="true">'
            f'<img class="cover" src="{_html(cover)}" alt="" width="240" height="360" loading="lazy" decoding="async"></a>'
            f'<div class="what"><{heading}{language}><a href="{url}">{self.marked(facts.title)}</a></{heading}>{subtitle}'
            f'<p class="meta">{self._meta(facts)}</p>{_tags(facts, givers)}{self._others(url, others)}</div></li>'
        )

    def _others(self, url: str, count: int) -> str:
        if not count:
            return ""
        text = ngettext("另有 %(num)s 个版本", "另有 %(num)s 个版本", count)
        return f'<p class="quiet"><a href="{url}#editions">{_html(text)}</a></p>'

    def _meta(self, facts: BookFacts) -> str:
        authors = self._list_mark.join(facts.authors[:_AUTHORS]) + ("…" if len(facts.authors) > _AUTHORS else "")
        pages = self._pages.format(facts.pages) if facts.pages.isdecimal() else facts.pages
        whole = [f'<span class="whole">{_html(part)}</span>' for part in (facts.pubdate, pages, facts.price) if part]
        parts = (self.marked(authors), _html(facts.publisher), *whole)
        return _DOT.join(filter(None, parts))

    def marked(self, text: str) -> str:
        """Return the text as HTML, with `<mark>` around what the query matches."""
        text = isolated(text)
        found = self._highlighter.spans(text) if text else []
        if not found:
            return _html(text)
        parts, done = [], 0
        for start, end in found:
            parts.append(f"{_html(text[done:start])}<mark>{_html(text[start:end])}</mark>")
            done = end
        return f"{''.join(parts)}{_html(text[done:])}"


def _html(text: str) -> str:
    """Escape a text as `markupsafe.escape` does, but as a plain `str`: its `Markup` is slow to make, and a page of rows has two hundred."""
    return html.escape(isolated(text)).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")


def _tags(facts: BookFacts, givers: int) -> str:
    tags = [f'<li class="tag">{_html(subject)}</li>' for subject in facts.subjects[:_SUBJECTS]]
    if givers:
        can_be_had = ngettext("%(num)s 人在送", "%(num)s 人在送", givers)
        tags.insert(0, f'<li class="tag tag-leaf">{_html(can_be_had)}</li>')
    return f'<ul class="tags">{"".join(tags)}</ul>' if tags else ""
