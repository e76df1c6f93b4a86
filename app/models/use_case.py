"""What makes a repeat harmless: use cases that were done, and when something was done last."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class UseCase(PlainBase):
    """One use case that was committed; a repeat after a lost answer finds it here."""

    __tablename__ = "use_case"
    __table_args__ = (Index("ix_use_case_create_time", "create_time"),)

    id: Mapped[str] = mapped_column(Key(32), primary_key=True)


class Pace(PlainBase):
    """When something that has its pace was done last; `name` says what, by whom."""

    __tablename__ = "pace"

    name: Mapped[str] = mapped_column(Key(60), primary_key=True)
    last_time: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
