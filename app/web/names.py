"""Pages that list books by a name: an author, a series, a publisher, a subject; for people, for feed readers, for search engines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from werkzeug.exceptions import NotFound

from app.container import container
from app.domain.author_key import bare_name
from app.domain.book import BookFacts
from app.domain.catalogue_name import NameKind, in_address, name_key, names_of, series_places, usual_spelling
from app.http.errors import wants_json
from app.http.limits import limited
from app.http.paging import page_asked_for
from app.libs.clock import from_epoch
from app.queries.book import BookRow
from app.search.analyzer import listed_term
from app.search.index.port import IndexUnavailable
from app.search.query_parser import clip
from app.search.results import SearchPage
from app.web.blueprint import web
from app.web.listed_books import language_asked_for, only_offered, show_list
from app.web.near import list_near_of, show_near
from app.web.site_files import atom_feed
from app.web.template_helpers import site_address

_KIND = f"any({','.join(NameKind)}):kind"
#: What a query string may ask for.
_ASKED = ("page", "language", "gift", "near", "same")
_IN_FEED = 20
#: Of so many series that an address names at once one is looked for; a book is in two at most.
_PLACES = 2


@dataclass(frozen=True, slots=True)
class Named:
    """A name that books are listed by, as it is usually spelt."""

    kind: NameKind
    name: str

    @property
    def address(self) -> dict[str, Any]:
        """The name as a route takes it."""
        return {"kind": self.kind.value, "name": in_address(self.name)}


@web.app_template_global()
def name_url(kind: str, name: str) -> str:
    """Return the page that lists books by a name; for one that nothing is listed by a search for it."""
    listed_by = NameKind(kind)
    if listed_by is NameKind.AUTHOR:
        name = bare_name(name)
    elif listed_by is NameKind.SERIES:
        name = next((place.name for place in series_places(name)), name)
    address = in_address(name)
    if not name_key(listed_by, address):
        return url_for("web.search", q=name)
    return url_for("web.books_by", kind=kind, name=address)


_HEADINGS = {
    NameKind.AUTHOR: _l("%(name)s 的书"),
    NameKind.SERIES: _l("丛书：%(name)s"),
    NameKind.PUBLISHER: _l("%(name)s 出版的书"),
    NameKind.SUBJECT: _l("主题：%(name)s"),
}


def heading_of(named: Named) -> str:
    """Return the heading of a page, in the visitor's language."""
    return str(_HEADINGS[named.kind]) % {"name": named.name}


def isolated_heading_of(named: Named) -> Markup:
    """Return it as HTML in which a name that is written from right to left stays by itself."""
    return escape(_HEADINGS[named.kind]) % {"name": Markup("<bdi>{}</bdi>").format(named.name)}


@web.get(f"/<{_KIND}>/<path:name>")
@limited("SEARCH")
def books_by(kind: str, name: str) -> ResponseReturnValue:
    """List the books of an author, a series, a publisher or a subject; another spelling of the name leads to the usual one."""
    named = _find(NameKind(kind), name)
    if named is None:
        return _unknown(NameKind(kind), name)
    if named.address["name"] != name:
        asked_for: dict[str, Any] = {key: value for key, value in request.args.items() if key in _ASKED}
        return redirect(url_for("web.books_by", **named.address, **asked_for), 301)
    if request.args.get("near") == "1" and g.user is not None:
        gifts, place = list_near_of(named.kind, named.name), named.address | {"near": 1}
        return show_near(gifts, heading=heading_of(named), endpoint="web.books_by", place=place)
    result = container.catalogue.lists.list_books(
        named.kind, name, page=page_asked_for(), language=language_asked_for(), offered=only_offered()
    )
    return show_list(
        result,
        heading=heading_of(named),
        isolated_heading=isolated_heading_of(named),
        endpoint="web.books_by",
        place=named.address,
        steps=[(named.name, "")],
        feed=url_for("web.feed_by", **named.address),
        linked_data=linked_data(named, result),
        nearby=True,
    )


@web.get(f"/feed/<{_KIND}>/<path:name>")
@limited("SEARCH")
def feed_by(kind: str, name: str) -> ResponseReturnValue:
    """List for feed readers which books of an author, a series, a publisher or a subject came last."""
    named = _find(NameKind(kind), name)
    if named is None:
        return _unknown(NameKind(kind), name)
    if named.address["name"] != name:
        return redirect(url_for("web.feed_by", **named.address), 301)
    books = container.catalogue.lists.newest(named.kind, name, limit=_IN_FEED)
    times = container.catalogue.books.list_times([book.id for book in books])
    entries = [(book.facts, from_epoch(times.get(book.id, 0))) for book in books]
    updated = max((time for _, time in entries), default=from_epoch(0))
    return atom_feed("web/books_by.xml", named=named, heading=heading_of(named), entries=entries, updated=updated)


def _find(kind: NameKind, name: str) -> Named | None:
    """Return the usual spelling of a name that books are listed by, or None if no book has it.

    Those that the worker has not written down, such as the authors of one book, are spelt as their books do. A series is found by a
    book's place in it, too: Jeeves #13.
    """
    found = _find_as_written(kind, name)
    if found is None and kind is NameKind.SERIES:
        places = [place.name for place in series_places(name) if place.name != name]
        return next(filter(None, (_find_as_written(kind, series) for series in places[:_PLACES])), None)
    return found


def _find_as_written(kind: NameKind, name: str) -> Named | None:
    key = name_key(kind, name)
    if not key:
        return None
    row = container.catalogue.names.find(kind, listed_term(kind, name)[1:])
    if row is not None and name_key(kind, in_address(row.shown)) == key:
        return Named(kind, row.shown)
    rows = container.catalogue.lists.list_books(kind, name).rows
    shown = usual_spelling(_spellings(kind, key, rows))
    return Named(kind, shown) if shown else None


def _spellings(kind: NameKind, key: str, rows: Sequence[BookRow]) -> list[str]:
    """Return how the books spell a name, where the address of that spelling leads here again."""
    spelt = (spelling for row in rows for spelling in names_of(row.facts, kind))
    return [spelling for spelling in spelt if name_key(kind, in_address(spelling)) == key]


def _unknown(kind: NameKind, name: str) -> ResponseReturnValue:
    """Return the page that says that no book has a name, and offers the search for it.

    :raises NotFound: who asks for JSON gets no page.
    :raises IndexUnavailable: the index of an older version cannot tell.
    """
    if name_key(kind, name) and not container.catalogue.search.is_whole():
        raise IndexUnavailable
    if wants_json():
        raise NotFound
    said = clip("".join(sign if sign.isprintable() else " " for sign in name)).strip()
    return render_template("web/unknown_name.html", kind=kind.value, said=said), 404


def linked_data(named: Named, result: SearchPage) -> dict[str, Any]:
    """Return a page's books and its place in the site in the words of schema.org."""
    url = site_address("web.books_by", **named.address)
    return {
        "@context": "https://schema.org",
        "@graph": [
            breadcrumbs([(heading_of(named), url)]),
            {
                "@type": "ItemList",
                "name": heading_of(named),
                "url": url,
                "numberOfItems": result.total,
                "itemListElement": [
                    {"@type": "ListItem", "position": place, "item": _book(row.facts)}
                    for place, row in enumerate(result.rows, (result.page - 1) * result.per_page + 1)
                ],
            },
        ],
    }


def breadcrumbs(steps: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return the way from the first page, as (name, address) of each step, in the words of schema.org."""
    way = [(_("鱼书"), site_address("web.index")), *steps]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": address}
            for place, (name, address) in enumerate(way, 1)
        ],
    }


def _book(facts: BookFacts) -> dict[str, Any]:
    url = site_address("web.detail", isbn=facts.isbn13)
    found = {
        "@type": "Book",
        "@id": url,
        "url": url,
        "name": facts.title,
        "author": [{"@type": "Person", "name": name} for name in facts.authors],
        "isbn": facts.isbn13,
        "inLanguage": facts.language,
    }
    return {name: value for name, value in found.items() if value}
