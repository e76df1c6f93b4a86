"""A member's own pages."""

from app.user import (
    beans,
    blocks,
    book_lists,
    city,
    decisions,
    holiday,
    invitations,
    notices,
    personal,
    reports,
    second_factor,
    sessions,
)
from app.user.blueprint import user

__all__ = ["user"]
