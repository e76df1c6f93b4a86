"""The site's public face: search, books, the exchange."""

from app.web import (
    book,
    browse,
    city,
    cover,
    developers,
    drift,
    gift,
    health,
    home,
    moderation,
    names,
    near,
    reports,
    search,
    site_files,
    template_helpers,
    wish,
    works,
)
from app.web.blueprint import web

__all__ = ["web"]
