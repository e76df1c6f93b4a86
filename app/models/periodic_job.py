"""When each periodic job ran last and is due next, shared by all workers."""

from __future__ import annotations

from sqlalchemy import BigInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class PeriodicJob(PlainBase):
    """One job. A worker that runs it puts `due_at` behind its lease and its own token into `lease`."""

    __tablename__ = "periodic_job"

    name: Mapped[str] = mapped_column(Key(60), primary_key=True)
    due_at: Mapped[int] = mapped_column(BigInteger)
    lease: Mapped[str | None] = mapped_column(Key(32))
    ran_at: Mapped[int | None] = mapped_column(BigInteger)
    problem: Mapped[str] = mapped_column(String(255), default="", server_default=text("''"))
