"""A member's gifts, and offering a copy."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import NotFound

from app.container import container
from app.domain.beans import plural, shown
from app.domain.characters import isolated
from app.domain.city import find_city
from app.domain.gift import Condition, Postage
from app.domain.isbn import find_isbn
from app.forms.drift import POSTAGES, OfferForm
from app.http.auth import login_required
from app.http.paging import PER_PAGE, URL_NUMBER, page_among, page_count
from app.http.places import city_name
from app.queries.book import BookRow
from app.services.exchange.gifts import Offer
from app.web.blueprint import web


@web.get("/my/gifts")
@login_required
def my_gifts() -> str:
    """Show what the member gives, newest first, and how many wish it."""
    pages = page_count(container.exchange.listings.count_gifts(g.user.id))
    page = page_among(pages)
    return render_template(
        "web/my_gifts.html",
        gifts=container.exchange.listings.list_gifts(g.user.id, limit=PER_PAGE, offset=(page - 1) * PER_PAGE),
        page=page,
        pages=pages,
        postages=POSTAGES,
    )


@web.route("/gifts/book/<isbn>", methods=["GET", "POST"])
@login_required
def offer(isbn: str) -> ResponseReturnValue:
    """Put a copy on the shelf: a form, and what it does."""
    book = known_book(isbn)
    form = OfferForm()
    if not form.validate_on_submit():
        return render_template(
            "web/offer.html", form=form, facts=book.facts, city_note=_city_note(), own_city=g.user.city_id
        )
    offered = Offer(
        condition=Condition(form.condition.data), postage=Postage(form.postage.data), note=form.note.data or ""
    )
    listed = container.exchange.gifts.offer(g.user.id, book.facts.isbn13, offered)
    if listed.earned:
        flash(_earned(book.facts.title, listed.earned), "success")
    elif not listed.waits:
        flash(_("《%(title)s》上架了。", title=isolated(book.facts.title)), "success")
    if listed.waits:
        flash(_("你在休假，《%(title)s》等假期结束再放到架上。", title=isolated(book.facts.title)))
    return redirect(url_for("web.my_gifts"), 303)


def _city_note() -> str:
    """Return what a gift will tell of where its giver lives."""
    city = find_city(g.user.city_id) if g.user.city_id is not None else None
    if city is None:
        return str(_("选“只当面交接”的话，先选一座城市，别人才知道要到哪里去拿。"))
    if g.user.city_shown:
        return str(_("你的城市（%(city)s）会写在这份礼物上。", city=city_name(city)))
    return str(_("选“只当面交接”的话，你的城市（%(city)s）会写在这份礼物上；邮寄的不会。", city=city_name(city)))


def _earned(title: str, beans: int) -> str:
    return str(
        ngettext(
            "《%(title)s》上架了，得到 %(beans)s 个鱼豆。",
            "《%(title)s》上架了，得到 %(beans)s 个鱼豆。",
            plural(beans),
            title=title,
            beans=shown(beans),
        )
    )


@web.post(f"/gifts/<{URL_NUMBER}:gift_id>/withdraw")
@login_required
def withdraw_gift(gift_id: int) -> ResponseReturnValue:
    """Take a gift off the shelf."""
    container.exchange.gifts.withdraw(g.user.id, gift_id)
    flash(_("已经从架上撤下。"), "success")
    return redirect(url_for("web.my_gifts"), 303)


@web.post(f"/gifts/<{URL_NUMBER}:gift_id>/resume")
@login_required
def resume_gift(gift_id: int) -> ResponseReturnValue:
    """Put a gift back on the shelf."""
    container.exchange.gifts.resume(g.user.id, gift_id)
    flash(_("又放回架上了，谢谢你还在。"), "success")
    return redirect(url_for("web.my_gifts"), 303)


@web.get("/gifts/add")
@login_required
def find_to_offer() -> ResponseReturnValue:
    """Lead from a typed ISBN to the form of its book; from other words to a search."""
    return _lead_to("web.offer")


@web.get("/wish/add")
@login_required
def find_to_wish() -> ResponseReturnValue:
    """Lead from a typed ISBN to the page of its book; from other words to a search."""
    return _lead_to("web.detail")


def known_book(isbn: str) -> BookRow:
    """Return the book of an ISBN in any format, from the catalogue or the sources outside.

    :raises NotFound: when it is no ISBN, or nobody knows the book.
    """
    typed = find_isbn(isbn)
    book = container.catalogue.book_lookup.find(typed.isbn13).book if typed is not None and typed.isbn13 else None
    if book is None:
        raise NotFound
    return book


def _lead_to(endpoint: str) -> ResponseReturnValue:
    words = request.args.get("q", "").strip()[:100]
    typed = find_isbn(words)
    if typed is not None and typed.isbn13:
        return redirect(url_for(endpoint, isbn=typed.isbn13), 303)
    return redirect(url_for("web.search", q=words), 303)
