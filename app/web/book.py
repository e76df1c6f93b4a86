"""One book: its page for people and for machines, and one that nobody knows, written down by a member."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.container import container
from app.domain.book import BY_MEMBER, BookFacts, cite, year_of
from app.domain.book_entry import NotABookEntry, between_people, book_facts
from app.domain.catalogue_name import NameKind, each_series, names_of
from app.domain.edition_pages import partial_editions
from app.domain.isbn import canonical, find_isbn, hyphenate, to_isbn10
from app.domain.isbn_candidates import is_shortened_alone
from app.domain.moderation import ensure_not_suspended
from app.domain.neighbours import NEIGHBOURS_SHOWN
from app.domain.wish import WishScope, scope_suggested
from app.forms.book import BOOK_LANGUAGES, AddBookForm
from app.forms.drift import CONDITIONS, POSTAGES, SCOPES, WishForm
from app.forms.works import WorksForm
from app.http.auth import asking_id, confirmed_required
from app.http.errors import wants_json
from app.http.limits import limited
from app.libs.clock import epoch
from app.queries.book import BookRow
from app.queries.neighbours import NeighbourRow
from app.queries.shelf import BookShelf, EditionRow
from app.queries.work import MOST_RELATIVES, RelativeRow
from app.web.blueprint import web
from app.web.lots import find_lots
from app.web.names import breadcrumbs, name_url
from app.web.template_helpers import language_name, site_address


def labelled_facts(facts: BookFacts) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what is known of a book, in the order of a title page: labels, each with (value, address of the books that share it or "")."""
    pages = _("%(pages)s 页", pages=facts.pages) if facts.pages.isdecimal() else facts.pages
    found = (
        (_("原作名"), [(facts.original_title, "")]),
        (_("丛书"), [(series, name_url("series", series)) for series in each_series(facts.series)]),
        (_("出版社"), [(facts.publisher, name_url("publisher", facts.publisher))]),
        (_("出版时间"), [(facts.pubdate, "")]),
        (_("页数"), [(pages, "")]),
        (_("装帧"), [(facts.binding, "")]),
        (_("定价"), [(facts.price, "")]),
        (_("语言"), [(language_name(facts.language), "")]),
        (_("ISBN"), [(hyphenate(facts.isbn13), "")]),
        (_("旧 ISBN"), [(to_isbn10(facts.isbn13) or "", "")]),
    )
    return [(label, values) for label, values in found if any(value for value, _address in values)]


def crumb_steps(facts: BookFacts) -> list[tuple[str, str]]:
    """Return the way to a book's page: its author, where one is named, and the book itself."""
    authors = names_of(facts, NameKind.AUTHOR)[:1]
    return [*((name, name_url("author", name)) for name in authors), (facts.title, "")]


def way_to(facts: BookFacts) -> dict[str, Any]:
    """Return that way in the words of schema.org."""
    site = str(current_app.config["SITE_URL"])
    *authors, (title, _here) = crumb_steps(facts)
    steps = [
        *((name, site + address) for name, address in authors),
        (title, site_address("web.detail", isbn=facts.isbn13)),
    ]
    return {"@context": "https://schema.org", **breadcrumbs(steps)}


@web.app_template_global()
def source_name(source: str) -> str:
    """Return what people call a source outside; "" for one that is none."""
    names: dict[str, str] = {
        "open_library": "Open Library",
        "google_books": "Google Books",
        "yushu": _("另一个鱼书站"),
    }
    return names.get(source, "")


def source_of(facts: BookFacts) -> tuple[str, str]:
    """Return who told us of a book and where to read it there: (name, address); each "" when there is none."""
    name = {BY_MEMBER: _("书友添加"), "operator": _("管理员添加")}.get(facts.source) or source_name(facts.source)
    address = {
        "open_library": f"https://openlibrary.org/isbn/{facts.isbn13}",
        "google_books": f"https://books.google.com/books?vid=ISBN{facts.isbn13}",
    }.get(facts.source, "")
    return name, address


def linked_data(facts: BookFacts) -> dict[str, Any]:
    """Return a book in the words of schema.org, as search engines read it."""
    found = {
        "@context": "https://schema.org",
        "@type": "Book",
        "@id": site_address("web.detail", isbn=facts.isbn13),
        "url": site_address("web.detail", isbn=facts.isbn13),
        "image": site_address("web.cover", isbn=facts.isbn13),
        "name": facts.title,
        "alternativeHeadline": facts.subtitle,
        "author": [{"@type": "Person", "name": name} for name in facts.authors],
        "translator": [{"@type": "Person", "name": name} for name in facts.translators],
        "publisher": {"@type": "Organization", "name": facts.publisher} if facts.publisher else None,
        "datePublished": facts.pubdate,
        "numberOfPages": int(facts.pages) if facts.pages.isdecimal() else None,
        "inLanguage": facts.language,
        "isbn": facts.isbn13,
        "description": facts.summary,
    }
    return {name: value for name, value in found.items() if value}


#: Of the other editions on a book's page the most popular ones.
_MOST_EDITIONS = 50


@web.get("/book/<isbn>/detail")
def detail(isbn: str) -> Response | str | tuple[str, int]:
    """Show all that is known of one book; what the catalogue lacks is looked for at the sources outside.

    Any format of the number leads to the one address, another number of the book to its own; a wrong check digit, and a
    number that a spreadsheet has shortened, to a search that says what to do.

    :raises NotFound: when the address holds no number at all, and for who asks for JSON of a book that nobody knows.
    """
    typed = find_isbn(isbn)
    if typed is None:
        if is_shortened_alone(isbn):
            return redirect(url_for("web.search", q=isbn))
        raise NotFound
    if not typed.is_valid:
        return redirect(url_for("web.search", q=typed.number))
    if isbn != typed.isbn13:
        return redirect(url_for("web.detail", isbn=typed.isbn13), 301)
    found = container.catalogue.book_lookup.find(isbn)
    if found.book is None:
        if wants_json():
            raise NotFound
        return render_template("web/unknown_book.html", isbn=typed, is_certain=found.is_certain), 404
    book = found.book
    if book.facts.isbn13 != isbn:
        return redirect(url_for("web.detail", isbn=book.facts.isbn13))
    editions = _other_editions(book)
    relatives = container.catalogue.work_queries.list_relatives(book.work_id, MOST_RELATIVES)
    neighbours, similar = _beside(book, relatives)
    shelf = container.exchange.shelf.get_shelf(book, member_id=asking_id(), now=epoch(container.core.clock.now()))
    return render_template(
        "web/book.html",
        book=book,
        facts=book.facts,
        labelled=labelled_facts(book.facts),
        source=source_of(book.facts),
        editions=editions,
        offered=_most_offered(book, editions),
        citation=cite(book.facts),
        linked_data=linked_data(book.facts),
        shelf=shelf,
        relatives=relatives,
        lot=find_lots([book.facts], member_id=None if g.user is None else g.user.id).get(isbn),
        neighbours=neighbours,
        similar=similar,
        wish_form=_wish_form(book, shelf, has_relatives=bool(relatives)),
        partial=_list_partial(book, editions),
        works_form=WorksForm(formdata=None) if "moderate" in g.permissions else None,
        scopes=SCOPES,
        crumb_steps=crumb_steps(book.facts),
        way=way_to(book.facts),
        conditions=CONDITIONS,
        postages=POSTAGES,
    )


def _beside(book: BookRow, relatives: Sequence[RelativeRow]) -> tuple[Sequence[NeighbourRow], Sequence[NeighbourRow]]:
    """Return the works that are on the lists of who has this one; where there are none, the books that are like it, one of each family."""
    neighbours = container.catalogue.neighbour_queries.list_of(book.work_id, NEIGHBOURS_SHOWN)
    if neighbours:
        return neighbours, ()
    family = [relative.book.work_id for relative in relatives]
    similar = container.catalogue.lists.similar(book, but=family, limit=2 * NEIGHBOURS_SHOWN)
    return (), container.catalogue.neighbour_queries.list_one_of_each_family(similar)[:NEIGHBOURS_SHOWN]


def _list_partial(book: BookRow, editions: Sequence[EditionRow]) -> frozenset[str]:
    """Return the ISBNs of those editions, this one among them, that may be one volume of what the others hold; those that moderators called whole are not."""
    pages = {facts.isbn13: facts.pages for facts in (book.facts, *(edition.book.facts for edition in editions))}
    partial = frozenset(partial_editions(pages))
    return partial.difference(container.catalogue.short_editions.list_whole(sorted(partial)))


def _wish_form(book: BookRow, shelf: BookShelf, *, has_relatives: bool) -> WishForm | None:
    """Return the form that makes a wish, or changes the member's own; None for a guest, whose page has no session and can be kept."""
    if g.user is None:
        return None
    scopes = shelf.scopes if has_relatives else shelf.scopes - {WishScope.ANY}
    scope = scope_suggested(book.facts)
    if shelf.own == "wish":  # it may be for any language though the family is not linked just now
        scope = shelf.own_scope
        scopes |= {scope}
    form = WishForm(formdata=None, data={"scope": scope.value if scope in scopes else WishScope.EDITION.value})
    form.offer(scopes)
    return form


def _other_editions(book: BookRow) -> list[EditionRow]:
    """Return the other editions of a book's work, those that the visitor can have in front."""
    sisters = container.exchange.shelf.list_sisters(book, _MOST_EDITIONS, member_id=asking_id())
    return sorted(sisters, key=lambda sister: not sister.givers)


def _most_offered(book: BookRow, editions: Sequence[EditionRow]) -> EditionRow | None:
    """Return the edition that most members give, of several the nearest in years, of these the newest; None where nobody gives any."""
    here = year_of(book.facts.pubdate)

    def rank(edition: EditionRow) -> tuple[int, float, int]:
        year = year_of(edition.book.facts.pubdate)
        return edition.givers, -abs(year - here) if year and here else -inf, year or 0

    return max((edition for edition in editions if edition.givers), key=rank, default=None)


@web.route("/book/add", methods=["GET", "POST"])
@confirmed_required
@limited("ADD_BOOK", counts=lambda response: response.status_code == 303)
def add_book() -> ResponseReturnValue:
    """Write down a book that nobody knows; one that the catalogue or a source has is shown instead.

    :raises Suspended: while a moderator does not let them.
    """
    ensure_not_suspended(g.user.suspended_until, epoch(container.core.clock.now()))
    form = AddBookForm(data={name: request.args.get(name, "") for name in ("isbn", "title")})
    form.offer_languages({tag: language_name(tag) if tag else _("其他") for tag in BOOK_LANGUAGES})
    if request.method == "POST" and form.validate():
        return _added(form)
    return render_template("web/add_book.html", form=form), 200 if request.method == "GET" else 400


def _added(form: AddBookForm) -> ResponseReturnValue:
    isbn13 = canonical(form.isbn.data or "")
    if isbn13 and container.catalogue.book_lookup.find(isbn13).book is not None:
        flash(_("这本书我们已经认识了。"))
        return redirect(url_for("web.detail", isbn=isbn13), 303)
    people = {name: between_people(form[name].data or "") for name in ("authors", "translators")}
    try:
        facts = book_facts(form.data | people | {"isbn13": isbn13}, source=BY_MEMBER)
    except NotABookEntry as refusal:
        form.title.errors = [refusal.message(g.language)]
        return render_template("web/add_book.html", form=form), 400
    container.catalogue.writer.store([facts])
    flash(_("记下了。谢谢你让大家多认识一本书。"), "success")
    return redirect(url_for("web.detail", isbn=facts.isbn13), 303)
