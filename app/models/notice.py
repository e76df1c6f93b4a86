"""Notices: what members are told in the site itself."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class Notice(PlainBase):
    """One notice. It names its drift, gift or wish by id and holds no person's name; the words are made when it is shown."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_user_id_id", "user_id", "id"),
        Index("ix_notice_user_id_read_at", "user_id", "read_at"),
        Index("ix_notice_drift_id", "drift_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(Key(30))
    drift_id: Mapped[int | None] = mapped_column(BigInteger)
    gift_id: Mapped[int | None] = mapped_column(BigInteger)
    read_at: Mapped[int | None] = mapped_column(BigInteger)
