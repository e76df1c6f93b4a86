"""Holidays of members."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.domain.holiday import HolidayStage
from app.models.base import PlainBase


class Holiday(PlainBase):
    """A member is away from `from_at` until `until`, which comes earlier when they end it: these two tell whether somebody is away.

    `stage` is how far the clock has come with it, `due_at` when it has to look again; NULL when it never has to.
    """

    __tablename__ = "holiday"
    __table_args__ = (Index("ix_holiday_member_id_until", "member_id", "until"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    from_at: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[int] = mapped_column(BigInteger)
    stage: Mapped[str] = mapped_column(
        Key(10), default=HolidayStage.PLANNED.value, server_default=text(f"'{HolidayStage.PLANNED}'")
    )
    due_at: Mapped[int | None] = mapped_column(BigInteger, index=True)
