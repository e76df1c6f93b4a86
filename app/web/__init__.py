"""The site's public face: search, books, the exchange."""

from app.web import (
    add_book,
    book,
    cover,
    developers,
    drift,
    gift,
    health,
    home,
    language,
    legal_pages,
    moderation,
    repeats,
    search,
    site_files,
    source_search,
    template_helpers,
    wish,
)
from app.web.blueprint import web

__all__ = ["web"]
