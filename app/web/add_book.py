"""A book that nobody knows, written down by a member."""

from __future__ import annotations

import re

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.container import container
from app.domain.book_entry import NotABookEntry, book_facts
from app.domain.isbn import canonical
from app.forms.book import LANGUAGES, AddBookForm
from app.http.auth import confirmed_required
from app.http.limits import limited
from app.web.blueprint import web
from app.web.template_helpers import language_name

SOURCE = "member"
_BETWEEN_PEOPLE = re.compile(r"\s*[;；、，/]\s*")


@web.route("/book/add", methods=["GET", "POST"])
@confirmed_required
@limited("ADD_BOOK", counts=lambda response: response.status_code == 303)
def add_book() -> ResponseReturnValue:
    """Write down a book that nobody knows; one that the catalogue or a source has is shown instead."""
    form = AddBookForm(data={name: request.args.get(name, "") for name in ("isbn", "title")})
    form.offer_languages({tag: language_name(tag) if tag else _("其他") for tag in LANGUAGES})
    if request.method == "POST" and form.validate():
        return _added(form)
    return render_template("web/add_book.html", form=form), 200 if request.method == "GET" else 400


def _added(form: AddBookForm) -> ResponseReturnValue:
    isbn13 = canonical(form.isbn.data or "")
    if isbn13 and container.catalogue.book_lookup.find(isbn13).book is not None:
        flash(_("这本书我们已经认识了。"))
        return redirect(url_for("web.detail", isbn=isbn13), 303)
    people = {name: ";".join(_BETWEEN_PEOPLE.split(form[name].data or "")) for name in ("authors", "translators")}
    try:
        facts = book_facts(form.data | people | {"isbn13": isbn13}, source=SOURCE)
    except NotABookEntry as refusal:
        form.title.errors = [refusal.message(g.language)]
        return render_template("web/add_book.html", form=form), 400
    container.catalogue.writer.store([facts])
    flash(_("记下了。谢谢你让大家多认识一本书。"), "success")
    return redirect(url_for("web.detail", isbn=facts.isbn13), 303)
