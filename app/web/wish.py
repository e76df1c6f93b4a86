"""A member's wishes, and an offer to somebody who wishes for a book that one has it."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.container import container
from app.domain.characters import isolated
from app.domain.isbn import canonical
from app.domain.wish import OtherWorksMeant, WishNotFound, WishScope, WishState, scope_suggested
from app.forms.drift import SCOPES, WishForm
from app.http.auth import login_required
from app.http.errors import wants_json
from app.http.paging import PER_PAGE, URL_NUMBER, page_among, page_count
from app.queries.book import BookRow
from app.queries.work import MOST_RELATIVES
from app.web.blueprint import web
from app.web.gift import known_book
from app.web.lots import find_lots


@web.get("/my/wish")
@login_required
def my_wish() -> str:
    """Show what the member wishes, in which editions, newest first, and how many copies there are."""
    pages = page_count(container.exchange.listings.count_wishes(g.user.id))
    page = page_among(pages)
    wishes = container.exchange.listings.list_wishes(g.user.id, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    waiting = [wish.book.facts for wish in wishes if wish.state == WishState.OPEN]
    return render_template(
        "web/my_wish.html",
        wishes=wishes,
        lots=find_lots(waiting, member_id=g.user.id),
        scopes=SCOPES,
        page=page,
        pages=pages,
    )


@web.post("/wish/book/<isbn>")
@login_required
def wish_for(isbn: str) -> ResponseReturnValue:
    """Put a book on the wish list."""
    book = known_book(isbn)
    form = WishForm(data={"scope": scope_suggested(book.facts).value})
    if not form.validate_on_submit():
        flash(_("请选好想要哪个版本。"), "warning")
        return redirect(url_for("web.detail", isbn=book.facts.isbn13), 303)
    scope = WishScope(form.scope.data)
    if scope is WishScope.ANY and not form.told:
        return _ask_about_languages(book, url_for("web.wish_for", isbn=book.facts.isbn13))
    try:
        container.exchange.wishes.wish_for(g.user.id, book.facts.isbn13, scope, works=form.told)
    except OtherWorksMeant as changed:
        return _ask_about_languages(book, url_for("web.wish_for", isbn=book.facts.isbn13), changed)
    flash(_("《%(title)s》加进心愿了。有人送的时候，我们告诉你。", title=isolated(book.facts.title)), "success")
    return redirect(url_for("web.my_wish"), 303)


@web.post(f"/wish/<{URL_NUMBER}:wish_id>/scope")
@login_required
def change_wish_scope(wish_id: int) -> ResponseReturnValue:
    """Widen a wish to any edition, or narrow it to one."""
    form = WishForm()
    if not form.validate_on_submit():
        flash(_("请选好想要哪个版本。"), "warning")
        return redirect(url_for("web.my_wish"), 303)
    scope = WishScope(form.scope.data)
    try:
        if scope is WishScope.ANY and not form.told:
            return _ask_about_wish(wish_id)
        container.exchange.wishes.change_scope(g.user.id, wish_id, scope, works=form.told)
    except OtherWorksMeant as changed:
        return _ask_about_wish(wish_id, changed)
    flash(_("心愿改好了。"), "success")
    return redirect(url_for("web.my_wish"), 303)


def _ask_about_wish(wish_id: int, changed: OtherWorksMeant | None = None) -> ResponseReturnValue:
    book = container.exchange.listings.find_wished(g.user.id, wish_id)
    if book is None:
        raise WishNotFound
    return _ask_about_languages(book, url_for("web.change_wish_scope", wish_id=wish_id), changed)


def _ask_about_languages(book: BookRow, action: str, changed: OtherWorksMeant | None = None) -> ResponseReturnValue:
    """Show which works any language means, before the wish is stored; again where they have changed since."""
    relatives = container.catalogue.work_queries.list_relatives(book.work_id, MOST_RELATIVES)
    works = container.exchange.facts.list_works(book.work_id, WishScope.ANY)
    form = WishForm(formdata=None, data={"scope": WishScope.ANY.value, "works": ",".join(map(str, works))})
    if changed is not None and wants_json():
        raise changed
    said = changed.message(g.language) if changed else ""
    page = render_template(
        "web/any_language.html", book=book, relatives=relatives, form=form, action=action, changed=said
    )
    return page, changed.status if changed else 200


@web.post("/wish/book/<isbn>/withdraw")
@login_required
def withdraw_wish(isbn: str) -> ResponseReturnValue:
    """Take a wish back."""
    isbn13 = canonical(isbn)
    if isbn13 is None:
        raise NotFound
    book = container.catalogue.books.resolve(isbn13)
    container.exchange.wishes.withdraw(g.user.id, isbn13 if book is None else book.facts.isbn13)
    flash(_("心愿已经撤销。"), "success")
    return redirect(url_for("web.my_wish"), 303)


@web.post(f"/satisfy/wish/<{URL_NUMBER}:wish_id>")
@login_required
def satisfy(wish_id: int) -> ResponseReturnValue:
    """Notify a wisher that the book can be had."""
    container.exchange.wishes.offer_to(g.user.id, wish_id)
    flash(_("已经告诉对方了。要是对方想要，会来请求这本书。"), "success")
    return redirect(url_for("web.my_gifts"), 303)
