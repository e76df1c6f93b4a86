"""What members are told: notices in the site, and mail on its way out."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, String, Text, text
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
        Index("ix_notice_gift_id_user_id", "gift_id", "user_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(Key(30))
    drift_id: Mapped[int | None] = mapped_column(BigInteger)
    gift_id: Mapped[int | None] = mapped_column(BigInteger)
    read_at: Mapped[int | None] = mapped_column(BigInteger)


class OutboxMail(PlainBase):
    """One mail to one person, written in the transaction that gave cause for it.

    `state` is ``queued``, then ``sent``, ``failed`` (the server refused it for good, or we gave up) or ``dropped`` (nobody
    needs it any more). While queued it may be sent from `due_at` on; a worker that takes it sets `due_at` to the end of its
    lease and its own token into `lease`, so a mail whose worker died comes up again by itself. `context` (JSON) is what the
    templates are filled with; it is emptied when the mail has ended. `user_id` has no foreign key: mail may go to an address
    without an account, and an account may end before its mail does.
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (
        Index("ix_outbox_mail_state_due_at", "state", "due_at"),
        Index("ix_outbox_mail_user_id_id", "user_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    message_id: Mapped[str] = mapped_column(Key(300), unique=True)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    address: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(100), default="", server_default=text("''"))
    language: Mapped[str] = mapped_column(Key(2))
    kind: Mapped[str] = mapped_column(Key(60))
    subject: Mapped[str] = mapped_column(String(500))
    context: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Key(10), default="queued", server_default=text("'queued'"))
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    due_at: Mapped[int] = mapped_column(BigInteger)
    lease: Mapped[str | None] = mapped_column(Key(32))
    ended_at: Mapped[int | None] = mapped_column(BigInteger, index=True)
    problem: Mapped[str] = mapped_column(String(255), default="", server_default=text("''"))
