"""The second factor of a login: a secret shared with a phone, and codes for when the phone is lost."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class SecondFactor(PlainBase):
    """A member's shared secret, sealed. `enabled_at` is None until a first number was typed; numbers up to
    `last_step` (half minutes since 1970) were used and work no more.
    """

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sealed_secret: Mapped[str] = mapped_column(String(400))
    enabled_at: Mapped[int | None] = mapped_column(BigInteger)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))


class RecoveryCode(PlainBase):
    """One code that replaces the phone once. Only its SHA-256 is stored; the row goes when it is used."""

    __tablename__ = "recovery_code"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(Key(64), unique=True)
