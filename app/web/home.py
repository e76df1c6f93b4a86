"""The first page, the switch of the site's language, and the site's own words: the rules of the exchange, what is kept of whom, the terms.

Each text stands whole in both languages (``templates/web/words/<name>.<language>.html``); its numbers come from the settings.
"""

from __future__ import annotations

from typing import Literal

from flask import g, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.container import container
from app.domain.beans import shown
from app.domain.circle import CIRCLE
from app.http.auth import asking_id
from app.http.cookies import remember_language
from app.libs.translations import LANGUAGES
from app.libs.urls import same_site_path
from app.queries.book import BookRow
from app.web.blueprint import web
from app.web.near import list_near

_SHELF = 24
_NEAR = 12
CLASSICS = (
    "9787536692930",
    "9787020002207",
    "9787544253994",
    "9787020024759",
    "9780156453806",
    "9787506365437",
    "9787544258609",
    "9787020028115",
    "9780141439518",
    "9787201077642",
    "9787101052039",
    "9787108018809",
    "9787544700603",
    "9780684801520",
    "9787532725694",
    "9787020028313",
    "9787208062153",
    "9780142437209",
    "9787530210291",
    "9787532524808",
    "9780156907392",
    "9787544270878",
    "9787530212004",
    "9787805200552",
)
"""Books to begin with, as far as the catalogue has them: the starter catalogue has all."""
SEARCH_EXAMPLES = ("三体", "baiyexing", "百年孤独", "Márquez", "978-7-5366-9293-0")
"""What one may type, one of each kind: a title, pinyin, a foreign name, a number."""


@web.get("/")
def index() -> str:
    """Show the search box, what came onto the shelf last, and books to begin with."""
    counts = container.catalogue.site_counts.get()
    return render_template(
        "web/home.html",
        recent=container.exchange.listings.list_recent(container.core.settings["RECENT_BOOK_COUNT"], asking_id()),
        near=list_near(_NEAR),
        popular=_books_to_begin_with(),
        examples=SEARCH_EXAMPLES,
        numbers=(
            (_("本书可查"), counts.books),
            (_("本在架上等人"), counts.offered),
            (_("本已经送到"), counts.delivered),
        ),
    )


def _books_to_begin_with() -> list[BookRow]:
    """Return classics, then popular books until the shelf is full."""
    classics = container.catalogue.books.find_many(CLASSICS)
    if len(classics) == _SHELF:
        return list(classics)
    books = {book.id: book for book in (*classics, *container.catalogue.books.list_popular(_SHELF))}
    return list(books.values())[:_SHELF]


@web.get("/language/<code>")
def language(code: str) -> Response:
    """Remember the language in a cookie and go back to the page one came from.

    :raises NotFound: for a language that the site does not speak.
    """
    if code not in LANGUAGES:
        raise NotFound
    response = redirect(same_site_path(request.args.get("next")), 303)
    remember_language(response, code)
    return response


Text = Literal["rules", "privacy", "terms"]
_SETTINGS = ("CONTACT", "SESSION_IDLE_DAYS", "SESSION_DAYS", "UNCONFIRMED_DAYS")


@web.get("/rules")
def rules() -> str:
    """Explain how books change hands, in plain words."""
    return _text("rules")


@web.get("/privacy")
def privacy() -> str:
    """Explain what is kept about people, what for, and for how long."""
    return _text("privacy")


@web.get("/terms")
def terms() -> str:
    """Explain what one agrees to by using the site."""
    return _text("terms")


def _text(name: Text) -> str:
    policy = container.exchange.policy
    return render_template(
        f"web/words/{name}.html",
        words=f"web/words/{name}.{g.language}.html",
        numbers=policy,
        bonus=shown(policy.bonus),
        circle=CIRCLE,
        settings={name: container.core.settings[name] for name in _SETTINGS},
    )
