"""When the sources were last asked about a book."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class Enrichment(PlainBase):
    """One ISBN that `flask catalogue enrich` has asked about, at `asked_time`; it is not asked about again for a while."""

    __tablename__ = "enrichment"

    isbn13: Mapped[str] = mapped_column(Key(13), primary_key=True)
    asked_time: Mapped[int] = mapped_column(BigInteger)
