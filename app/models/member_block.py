"""Whom members have blocked."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import PlainBase


class MemberBlock(PlainBase):
    """`member_id` has blocked `blocked_id`, who is never told. It works in both directions; it goes with either account."""

    __tablename__ = "member_block"

    member_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, autoincrement=False)
    blocked_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, autoincrement=False, index=True)
