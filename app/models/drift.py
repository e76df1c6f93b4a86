"""Drifts: requests for copies, their addresses, what happened to them, and what moderators did."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.domain.drift import DriftState
from app.models.base import PlainBase


class Drift(PlainBase):
    """One request. The book's facts and both nicknames are copied, so that the history stays readable.

    `open_gift_id` is the gift's id while the drift is open and NULL afterwards: its unique key lets one drift at a time have a
    gift. Times are epoch seconds; `stopped_at` tells since when the deadline stands still, `stopped_for` for which causes
    (`app.domain.drift_deadlines.StopCause`). The clock looks at `remind_at` whether a reminder is due; NULL when there is none left.
    `confirmed_by_reader` is 1 when the requester and not the clock said "received". Of a meeting that was
    missed `requester_missing` and `giver_missing` tell who did not come, as the other said; both are 1 when each said so.
    """

    __tablename__ = "drift"
    __table_args__ = (
        Index("ix_drift_requester_id_state", "requester_id", "state"),
        Index("ix_drift_giver_id_state", "giver_id", "state"),
        Index("ix_drift_state_stopped_at_due_at", "state", "stopped_at", "due_at"),
        Index("ix_drift_state_stopped_at_remind_at", "state", "stopped_at", "remind_at"),
        Index("ix_drift_state_claimed_at", "state", "claimed_at"),
        Index("ix_drift_state_ended_at", "state", "ended_at"),
        Index("ix_drift_erased_at_ended_at", "erased_at", "ended_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), index=True)
    open_gift_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    isbn13: Mapped[str] = mapped_column(Key(13))
    title: Mapped[str] = mapped_column(String(500))
    authors: Mapped[str] = mapped_column(String(1000), default="", server_default=text("''"))
    requester_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    giver_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    requester_name: Mapped[str] = mapped_column(String(40))
    giver_name: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(
        Key(10), default=DriftState.WAITING.value, server_default=text(f"'{DriftState.WAITING}'")
    )
    handover: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    message: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    reason: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))
    carrier: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    tracking: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    due_at: Mapped[int | None] = mapped_column(BigInteger)
    mailed_at: Mapped[int | None] = mapped_column(BigInteger)
    opened_at: Mapped[int | None] = mapped_column(BigInteger)
    claimed_at: Mapped[int | None] = mapped_column(BigInteger)
    ended_at: Mapped[int | None] = mapped_column(BigInteger)
    erased_at: Mapped[int | None] = mapped_column(BigInteger)
    stopped_at: Mapped[int | None] = mapped_column(BigInteger)
    stopped_for: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    remind_at: Mapped[int | None] = mapped_column(BigInteger)
    delays: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    reminded: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    covered: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    confirmed_by_reader: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    requester_missing: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    giver_missing: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))


class DriftAddress(PlainBase):
    """Where a book goes: recipient, mobile and address, encrypted as one text. The row is deleted when it is no longer needed."""

    __tablename__ = "drift_address"

    drift_id: Mapped[int] = mapped_column(ForeignKey("drift.id"), primary_key=True, autoincrement=False)
    sealed: Mapped[str] = mapped_column(Text)


class DriftEvent(PlainBase):
    """One thing that happened to a drift: a state it came to, or ``opened``, ``delayed``, ``reminded``; `party` did it."""

    __tablename__ = "drift_event"
    __table_args__ = (Index("ix_drift_event_drift_id_id", "drift_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    drift_id: Mapped[int] = mapped_column(ForeignKey("drift.id"))
    kind: Mapped[str] = mapped_column(Key(20))
    party: Mapped[str] = mapped_column(Key(10))


class SavedAddress(PlainBase):
    """Recipient, mobile and address of a member who asked to keep them, encrypted as one text."""

    __tablename__ = "saved_address"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, autoincrement=False)
    sealed: Mapped[str] = mapped_column(Text)


class ModeratorAct(PlainBase):
    """One act. `moderator_id` is NULL for the operator at the terminal; `kind` is the state that a drift was brought to, or
    ``lift giving``, ``lift asking``, an act on works (these name one or two books), a `Sanction`, ``mend`` or ``dismiss``; `case_id` is the
    case that brought it up. One for some time lasts `until` then. The reason of a drift's decision stands in the
    drift and is erased with it. Rows stay.
    """

    __tablename__ = "moderator_act"
    __table_args__ = (Index("ix_moderator_act_member_id_id", "member_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(Key(20))
    drift_id: Mapped[int | None] = mapped_column(ForeignKey("drift.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    isbn13: Mapped[str] = mapped_column(Key(13), default="", server_default=text("''"))
    other_isbn13: Mapped[str] = mapped_column(Key(13), default="", server_default=text("''"))
    reason: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    until: Mapped[int | None] = mapped_column(BigInteger)
    case_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
