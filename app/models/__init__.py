"""The tables, a file each. Importing this package makes every table known to the migrations."""

from app.models.book import Book
from app.models.user import User, UserSession

__all__ = ["Book", "User", "UserSession"]
