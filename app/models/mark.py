"""Marks of mail addresses, and the secret that they are made with."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class Mark(PlainBase):
    """A mailbox that somebody confirmed, as a keyed hash of its canonical address. Rows stay when accounts go."""

    __tablename__ = "mark"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    mark: Mapped[str] = mapped_column(Key(64), unique=True)


class MemberMark(PlainBase):
    """An account confirmed a mailbox, at `create_time`. Accounts with a mark in common are one person (`User.person_id`)."""

    __tablename__ = "member_mark"

    mark_id: Mapped[int] = mapped_column(ForeignKey("mark.id"), primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, autoincrement=False, index=True)


class SiteSecret(PlainBase):
    """A secret of the site, sealed with the newest of its address keys, so that it outlives every one of them."""

    __tablename__ = "site_secret"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    sealed: Mapped[str] = mapped_column(Text)


#: The id of the secret that marks are made with. Its `create_time` is when the site began to count by person.
MARK_SECRET = 1
