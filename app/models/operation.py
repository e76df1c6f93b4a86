"""What the program keeps about its own work: jobs, counts, use cases that are done, throttles."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class PeriodicJob(PlainBase):
    """One job. A worker that runs it sets `due_at` to the end of its lease and its own token into `lease`."""

    __tablename__ = "periodic_job"

    name: Mapped[str] = mapped_column(Key(60), primary_key=True)
    due_at: Mapped[int] = mapped_column(BigInteger)
    lease: Mapped[str | None] = mapped_column(Key(32))
    ran_at: Mapped[int | None] = mapped_column(BigInteger)
    problem: Mapped[str] = mapped_column(String(255), default="", server_default=text("''"))


class SiteCount(PlainBase):
    """One number; `create_time` is when it was counted. Works note here how far they are renewed."""

    __tablename__ = "site_count"

    name: Mapped[str] = mapped_column(Key(20), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class UseCaseDone(PlainBase):
    """One use case that was committed; a repeat after a lost answer finds it here."""

    __tablename__ = "use_case_done"
    __table_args__ = (Index("ix_use_case_done_create_time", "create_time"),)

    id: Mapped[str] = mapped_column(Key(32), primary_key=True)


class Throttle(PlainBase):
    """When something that may not be done too often was done last; `name` says what, by whom."""

    __tablename__ = "throttle"

    name: Mapped[str] = mapped_column(Key(60), primary_key=True)
    last_time: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
