"""How many there are of what the first page counts, as the worker counted it last."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class SiteCount(PlainBase):
    """One number; `create_time` is when it was counted."""

    __tablename__ = "site_count"

    name: Mapped[str] = mapped_column(Key(20), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
