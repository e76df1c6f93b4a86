"""The first page."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _

from app.container import container
from app.web import web

_SHELF = 24
EXAMPLES = ("三体", "baiyexing", "百年孤独", "Márquez", "978-7-5366-9293-0")
"""What one may type, one of each kind: a title, pinyin, a foreign name, a number."""


@web.get("/")
def index() -> str:
    """Show the search box and books to begin with."""
    return render_template(
        "web/home.html",
        popular=container.books.list_popular(_SHELF),
        examples=EXAMPLES,
        numbers=((_("本书可查"), container.books.count()),),
    )
