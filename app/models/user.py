"""Accounts: members, their sessions, links in mail, second factors and recovery codes; marks of their mailboxes; invitations."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Select,
    SmallInteger,
    String,
    Text,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import Base, PlainBase


class User(Base):
    """A member.

    `email_key` and `nickname_key` are the folded forms that must be unique; the database decides a race for them. Times
    are epoch seconds; None means "not yet" or "never". `person_id` is the id of the oldest account of the same person, as far
    as we know: of all that share a mark (`app.models.user`). Who is suspended begins nothing while `suspended_until` is later than
    now; it is the same for all accounts of a person, and 0 where there was no suspension.

    `city_id` is the city they chose, `city_shown` whether others see it. It changed last at `city_changed_at`, and the time before at
    `city_changed_before_at`; the first choice is no change and leaves 0.
    """

    __tablename__ = "user"
    __table_args__ = (
        Index("ix_user_confirmed_at_status_create_time", "confirmed_at", "status", "create_time"),
        Index("ix_user_role_status", "role", "status"),
        Index("ix_user_city_id_city_shown", "city_id", "city_shown"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(Key(254), unique=True)
    nickname: Mapped[str] = mapped_column(String(40))
    nickname_key: Mapped[str] = mapped_column(Key(80), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(Key(10), default="member", server_default=text("'member'"))
    language: Mapped[str] = mapped_column(Key(8), default="zh", server_default=text("'zh'"))
    wants_mail: Mapped[int] = mapped_column(SmallInteger, default=1, server_default=text("1"))
    browser_generation: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    confirmed_at: Mapped[int | None] = mapped_column(BigInteger)
    disabled_at: Mapped[int | None] = mapped_column(BigInteger)
    city_id: Mapped[int | None] = mapped_column(BigInteger)
    city_shown: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    city_changed_at: Mapped[int | None] = mapped_column(BigInteger)
    city_changed_before_at: Mapped[int | None] = mapped_column(BigInteger)
    suspended_until: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))


class ShownCity(PlainBase):
    """A city that members show, or showed: how many do, counted no further than it takes to name the city."""

    __tablename__ = "shown_city"
    __table_args__ = (Index("ix_shown_city_members_city_id", "members", "city_id"),)

    city_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    members: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))


class UserSession(Base):
    """One browser that is logged in. The cookie carries a random token; only its SHA-256 is stored.

    One that was ended is deleted, and its token forgotten; its member can see for a while where they were logged in.
    """

    __tablename__ = "user_session"
    __table_args__ = (
        Index("ix_user_session_deleted_at", "deleted_at"),
        Index("ix_user_session_create_time", "create_time"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(Key(64), unique=True)
    agent: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    seen_time: Mapped[int] = mapped_column(BigInteger, index=True)


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


def accounts_of_person(member_id: int) -> Select[int]:
    """Select the ids of all accounts of a member's person, also of those that were deleted: the table, not the model, is asked."""
    own, other = User.__table__.alias(), User.__table__.alias()
    person = select(own.c.person_id).where(own.c.id == member_id).scalar_subquery()
    return select(other.c.id).where(other.c.person_id == person)
