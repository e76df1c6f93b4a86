"""The site's public face: search, books, the exchange."""

from flask import Blueprint

web = Blueprint("web", __name__)

from app.web import cover, health, home, language, looks, site_files
