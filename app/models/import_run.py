"""The table of bulk imports: how far each file has been read."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class ImportRun(PlainBase):
    """One file of books. It is updated in the transaction of each batch, so that a killed import goes on where it stopped.

    `rows_read` is the checkpoint: rows read and dealt with; it is the sum of the five counts. `rejects_size` is how many bytes
    of the rejects file belong to it. `unindexed` says that books were stored without index entries: until a rebuild
    they are found by ISBN alone.
    """

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Key(64), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    rows_read: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    new: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    changed: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    unchanged: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    rejected: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    skipped: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    rejects_size: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    unindexed: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    finished: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    update_time: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
