"""What moderators did, for each other and for the day when somebody asks."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class ModeratorAct(PlainBase):
    """One act. `moderator_id` is NULL for the operator at the terminal; `kind` is the state that a drift was brought to, or
    ``lift giving``, ``lift asking``. The reason of a decision stands in its drift and is erased with it. Rows stay.
    """

    __tablename__ = "moderator_act"
    __table_args__ = (Index("ix_moderator_act_member_id_id", "member_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(Key(20))
    drift_id: Mapped[int | None] = mapped_column(ForeignKey("drift.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
