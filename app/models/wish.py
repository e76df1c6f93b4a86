"""Wishes: ISBNs that members want."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class Wish(PlainBase):
    """One wish. `state` is that of `app.domain.wish`; `drift_id` names the drift that fulfilled it."""

    __tablename__ = "wish"
    __table_args__ = (
        Index("ix_wish_isbn13_state", "isbn13", "state"),
        Index("ix_wish_user_id_id", "user_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    isbn13: Mapped[str] = mapped_column(Key(13))
    state: Mapped[str] = mapped_column(Key(10), default="open", server_default=text("'open'"))
    drift_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
