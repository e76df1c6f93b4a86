"""The one address that a member may keep."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import PlainBase


class SavedAddress(PlainBase):
    """Recipient, mobile and address of a member who asked to keep them, encrypted as one text."""

    __tablename__ = "saved_address"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, autoincrement=False)
    sealed: Mapped[str] = mapped_column(Text)
