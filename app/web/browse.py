"""Ways into the catalogue without a search: subjects as a picture, languages, decades, and the books that move people just now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any, Final

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.container import container
from app.domain.book import BookFacts, decade_of
from app.domain.browse import BrowseKind, is_language
from app.domain.catalogue_name import NameKind
from app.domain.treemap import Label, Rectangle, fit, fit_or_cut, treemap
from app.http.auth import asking_id
from app.http.limits import limited
from app.http.paging import URL_NUMBER, page_asked_for
from app.queries.browse import BrowseCountRow
from app.queries.catalogue_name import CatalogueNameRow
from app.search.results import SearchPage
from app.web.blueprint import web
from app.web.listed_books import arguments_of, language_asked_for, only_offered, show_list
from app.web.names import breadcrumbs
from app.web.template_helpers import language_name, site_address

#: Subjects in the list, and in each of the two pictures.
_SUBJECTS: Final = 40
_BOOKS: Final = 12
#: How many shades say that books can be had; 0 says that none can.
_SHADES: Final = 4


@dataclass(frozen=True, slots=True)
class Picture:
    """How large a picture is at least, in pixels, and how many subjects stand in it. It is stretched where there is more room."""

    name: str
    width: int
    height: int
    subjects: int


#: For windows of 700 px and more, and for phones.
PICTURES: Final = (Picture("wide", 650, 460, 36), Picture("narrow", 320, 620, 24))


@dataclass(frozen=True, slots=True)
class Tile:
    """A subject in a picture: its place in per cent, its words, whether its number fits below, and its shade."""

    subject: CatalogueNameRow
    place: Rectangle
    label: Label
    has_number: bool
    shade: int


@dataclass(frozen=True, slots=True)
class MovingBook:
    """A book that many wish, or whose copies reached many readers, with how many can be had."""

    facts: BookFacts
    people: int
    givers: int


@web.get("/browse")
def browse() -> str:
    """Show what the catalogue is about, in which languages and from which times, and which books came, are wished and travel."""
    subjects = container.catalogue.names.list_largest(NameKind.SUBJECT, _SUBJECTS)
    counts = container.catalogue.browse.list_counts()
    recent = container.exchange.listings.list_recent(_BOOKS, asking_id())
    url = site_address("web.browse")
    return render_template(
        "web/browse.html",
        subjects=subjects,
        pictures=[(picture, _tiles(subjects, picture)) for picture in PICTURES],
        shades=range(_SHADES + 1),
        languages=[
            (language_name(row.item), url_for("web.browse_language", code=row.item), row)
            for row in _of(BrowseKind.LANGUAGE, counts)
            if is_language(row.item)
        ],
        decades=[
            (decade_name(int(row.item)), url_for("web.browse_decade", decade=int(row.item)), row)
            for row in sorted(_of(BrowseKind.DECADE, counts), key=lambda row: row.item, reverse=True)
        ],
        recent=recent,
        **_moving(counts),
        address=url,
        linked_data={"@context": "https://schema.org", **breadcrumbs([(_("逛逛"), url)])},
    )


@web.get("/browse/language/<code>")
@limited("SEARCH")
def browse_language(code: str) -> ResponseReturnValue:
    """List the books in a language, those that can be had in front, then what is read most.

    :raises NotFound: no book is in it.
    """
    if not is_language(code):
        raise NotFound
    result = container.catalogue.lists.list_language(
        code, page=page_asked_for(), language=language_asked_for(), offered=only_offered()
    )
    return _list(result, _("%(language)s的书", language=language_name(code)), "web.browse_language", {"code": code})


@web.get(f"/browse/decade/<{URL_NUMBER}:decade>")
@limited("SEARCH")
def browse_decade(decade: int) -> ResponseReturnValue:
    """List the books that came out in a decade in the same order.

    :raises NotFound: none did.
    """
    if decade_of(str(decade)) != decade:
        raise NotFound
    result = container.catalogue.lists.list_decade(
        decade,
        page=page_asked_for(),
        language=language_asked_for(),
        offered=only_offered(),
    )
    return _list(result, _("%(decade)s出版的书", decade=decade_name(decade)), "web.browse_decade", {"decade": decade})


def decade_name(decade: int) -> str:
    """Return how a decade is called in the visitor's language."""
    return str(_("%(year)s 年代", year=decade))


def _list(result: SearchPage, heading: str, endpoint: str, place: dict[str, Any]) -> ResponseReturnValue:
    """Show a list that browsing leads to.

    :raises NotFound: nothing is in it, though nothing narrows it.
    """
    if not result.total and arguments_of(result, place) == place:
        raise NotFound
    way = [(_("逛逛"), site_address("web.browse")), (heading, site_address(endpoint, **place))]
    return show_list(
        result,
        heading=heading,
        endpoint=endpoint,
        place=place,
        steps=[(_("逛逛"), url_for("web.browse")), (heading, "")],
        linked_data={"@context": "https://schema.org", **breadcrumbs(way)},
    )


def _of(kind: BrowseKind, counts: Sequence[BrowseCountRow]) -> list[BrowseCountRow]:
    return [row for row in counts if row.kind == kind]


def _moving(counts: Sequence[BrowseCountRow]) -> dict[str, list[MovingBook]]:
    """Return the books that are wished most and those that travelled most, the most first."""
    rows = [row for row in counts if row.kind in {BrowseKind.WISHED, BrowseKind.TRAVELLED}]
    isbns = sorted({row.item for row in rows})
    books = {book.facts.isbn13: book.facts for book in container.catalogue.books.find_many(isbns)}
    givers = container.exchange.listings.count_open(isbns, asking_id())
    return {
        kind.value: [
            MovingBook(books[row.item], row.number, givers.get(row.item, 0))
            for row in _of(kind, rows)
            if row.item in books
        ]
        for kind in (BrowseKind.WISHED, BrowseKind.TRAVELLED)
    }


def _tiles(subjects: Sequence[CatalogueNameRow], picture: Picture) -> list[Tile]:
    """Lay the largest subjects out in a picture, as many as have room for their words."""
    for count in range(min(len(subjects), picture.subjects), 0, -1):
        shown = subjects[:count]
        places = treemap([subject.books for subject in shown], picture.width, picture.height)
        labels = [fit_or_cut(one.shown, at.width, at.height) for one, at in zip(shown, places, strict=True)]
        words = [label for label in labels if label is not None]
        if len(words) == len(shown):
            most = max((subject.had for subject in shown), default=0)
            return [_tile(*tile, picture, most) for tile in zip(shown, places, words, strict=True)]
    return []


def _tile(subject: CatalogueNameRow, place: Rectangle, label: Label, picture: Picture, most: int) -> Tile:
    used = label.size * 1.3 * len(label.lines)
    number = fit(f"{subject.books:,}", place.width, place.height - used)
    across, down = 100 / picture.width, 100 / picture.height
    return Tile(
        subject,
        Rectangle(place.x * across, place.y * down, place.width * across, place.height * down),
        label,
        has_number=number is not None,
        shade=_shade(subject.had, most),
    )


def _shade(had: int, most: int) -> int:
    """Return how dark a subject is, by the order of magnitude of the books that can be had."""
    return 0 if not had else 1 + int((_SHADES - 1) * log(had) / log(most)) if most > 1 else _SHADES
