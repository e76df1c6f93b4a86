"""The site's public face: search, books, the exchange."""

from app.web import (
    add_book,
    book,
    cover,
    developers,
    drift,
    elsewhere,
    gift,
    health,
    home,
    language,
    looks,
    moderation,
    repeats,
    search,
    site_files,
    wish,
    words,
)
from app.web.blueprint import web

__all__ = ["web"]
