"""The first page."""

from __future__ import annotations

from flask import render_template

from app.container import container
from app.web import web


@web.get("/")
def index() -> str:
    """Show the search box and books to begin with."""
    return render_template("web/index.html", books=container.books.list_popular(12))
