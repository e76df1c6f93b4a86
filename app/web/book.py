"""One book."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.container import container
from app.domain.book import cite
from app.domain.isbn import find_isbn
from app.domain.isbn_candidates import is_shortened_alone
from app.forms.drift import CONDITIONS, POSTAGES
from app.queries.book import BookRow
from app.search.text import fold
from app.web.blueprint import web
from app.web.book_facts import labelled_facts, linked_data, source_of

_EDITIONS = 6


@web.get("/book/<isbn>/detail")
def detail(isbn: str) -> Response | str | tuple[str, int]:
    """Show all that is known of one book; what the catalogue lacks is looked for at the sources outside.

    Any dress of the number leads to the one address, another number of the book to its own; a wrong check digit, and a
    number that a spreadsheet has shortened, to a search that says what to do.

    :raises NotFound: when the address holds no number at all.
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
        return render_template("web/unknown_book.html", isbn=typed, is_certain=found.is_certain), 404
    book = found.book
    if book.facts.isbn13 != isbn:
        return redirect(url_for("web.detail", isbn=book.facts.isbn13))
    return render_template(
        "web/book.html",
        book=book,
        facts=book.facts,
        labelled=labelled_facts(book.facts),
        source=source_of(book.facts),
        editions=_other_editions(book),
        citation=cite(book.facts),
        linked_data=linked_data(book.facts),
        shelf=container.exchange.listings.of_book(isbn, member_id=None if g.user is None else g.user.id),
        conditions=CONDITIONS,
        postages=POSTAGES,
    )


def _other_editions(book: BookRow) -> list[BookRow]:
    facts = book.facts
    title = fold(facts.title)
    found = container.catalogue.search.find(" ".join((facts.title, *facts.authors[:1]))[:100])
    same = (other for other in found.rows if other.id != book.id and fold(other.facts.title) == title)
    return list(same)[:_EDITIONS]
