"""The site's public face: search, books, the exchange."""

from flask import Blueprint

web = Blueprint("web", __name__)

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
    search,
    site_files,
    wish,
    words,
)
