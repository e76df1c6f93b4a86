"""The tables, a file each. Importing this package makes every table known to the migrations."""

from app.models.book import Book

__all__ = ["Book"]
