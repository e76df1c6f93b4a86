"""Whom a letter about an account goes to."""

from __future__ import annotations

from app.mail.outbox import Recipient
from app.models.user import User


def recipient_of(user: User) -> Recipient:
    """Return whom a letter to this member goes to."""
    return Recipient(address=user.email, name=user.nickname, language=user.language, user_id=user.id)
