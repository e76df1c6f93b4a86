"""InvitationQueries: codes that confirm an account without mail."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import Base


class Invitation(Base):
    """A code made by a moderator, good for `places` accounts until `expires_at`; `used` counts those made with it.

    One that a moderator ended is deleted: its code works no more, its row tells for a while who made it and what it was used for.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("used >= 0 AND used <= places", name="used_within_places"),
        Index("ix_invitation_deleted_at", "deleted_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    code: Mapped[str] = mapped_column(Key(16), unique=True)
    maker_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    note: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    places: Mapped[int] = mapped_column(Integer)
    used: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    expires_at: Mapped[int] = mapped_column(BigInteger)
