"""Cases that moderators look at, and the reports of members that brought them up."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class ModerationCase(PlainBase):
    """One subject that a moderator should look at. `kind` and `reason` are those of `app.domain.report`.

    `subject_id` is the id of the gift, member, drift (also of a message), person whom losses stopped, or act that is appealed
    against; 0 for books, which `isbn13` names, and of two editions `other_isbn13`. `member_id` is whom it is about, `quote` what
    they had written. `is_open` is 1 until it is decided and NULL afterwards: its unique key makes one open case of a subject.
    The list is in the order of `due_at`; `outcome` is the `Decision`. A moderator has it to themselves until `claimed_until`.
    """

    __tablename__ = "moderation_case"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "isbn13", "other_isbn13", "is_open", name="uq_moderation_case_subject"),
        Index("ix_moderation_case_is_open_due_at_id", "is_open", "due_at", "id"),
        Index("ix_moderation_case_is_open_kind_due_at", "is_open", "kind", "due_at"),
        Index("ix_moderation_case_member_id_is_open", "member_id", "is_open"),
        Index("ix_moderation_case_erased_at_closed_time", "erased_at", "closed_time"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    kind: Mapped[str] = mapped_column(Key(10))
    subject_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    isbn13: Mapped[str] = mapped_column(Key(13), default="", server_default=text("''"))
    other_isbn13: Mapped[str] = mapped_column(Key(13), default="", server_default=text("''"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(Key(20))
    quote: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    due_at: Mapped[int] = mapped_column(BigInteger)
    is_open: Mapped[int | None] = mapped_column(SmallInteger, default=1)
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    claimed_until: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    closed_time: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[str] = mapped_column(Key(10), default="", server_default=text("''"))
    erased_at: Mapped[int | None] = mapped_column(BigInteger)


class Report(PlainBase):
    """What one member says about the subject of a case; one says it once. An appeal is what its member says against a decision."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("case_id", "user_id"),
        Index("ix_report_user_id_create_time", "user_id", "create_time"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("moderation_case.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(Key(20))
    note: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
