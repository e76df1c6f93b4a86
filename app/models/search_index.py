"""The tables of the search index that do not belong to a generation: which one is live, and the changes since."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, text
from sqlalchemy.dialects.mysql import MEDIUMBLOB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model

BIG_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class SearchPointer(Model):
    """One row (id 1): the generation that is searched, and who may build the next one.

    `last_number` is the newest number ever given to a build, so a killed one's is never used twice. The lease is free when
    `lease_until` (epoch seconds) is past. `terms_version` says by which rules the generation's terms were made.
    """

    __tablename__ = "search_pointer"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    generation: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    books: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    switched_at: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    last_number: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    lease_owner: Mapped[str] = mapped_column(String(120), server_default=text("''"))
    lease_for: Mapped[str] = mapped_column(String(20), server_default=text("''"))
    lease_until: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    terms_version: Mapped[str] = mapped_column(String(40), server_default=text("''"))


class SearchChange(Model):
    """One state of one book that no finished generation held when it was written, with all its terms, joined by line feeds.

    `merged_in` is the generation that holds it, or is to hold it when it is finished; 0 for none.
    """

    __tablename__ = "search_change"
    __table_args__ = (Index(None, "merged_in", "seq"), {"sqlite_autoincrement": True})

    seq: Mapped[int] = mapped_column(BIG_NUMBER, primary_key=True)
    book: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(Integer)
    rank_value: Mapped[int] = mapped_column(BigInteger)
    merged_in: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    terms: Mapped[bytes] = mapped_column(LargeBinary().with_variant(MEDIUMBLOB, "mysql"))
