"""Links that were mailed: confirm, reset, change of address."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class AccountToken(PlainBase):
    """One link. Only the SHA-256 of its token is stored; the row goes when it is used or a newer one is made.

    `email` is the address the link is about: the new one for a change of address.
    """

    __tablename__ = "account_token"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Key(20))
    token_hash: Mapped[str] = mapped_column(Key(64), unique=True)
    email: Mapped[str] = mapped_column(String(254), default="", server_default=text("''"))
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)
