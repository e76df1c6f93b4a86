"""The tables of the search index that do not belong to a generation: which one is live, and the changes since."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, text
from sqlalchemy.dialects.mysql import MEDIUMBLOB, VARBINARY
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model

TERM = LargeBinary(64).with_variant(VARBINARY(64), "mysql")
NUMBER = BigInteger().with_variant(Integer, "sqlite")


class SearchPointer(Model):
    """One row (id 1): the generation that is searched, and who may build the next one.

    `last_number` is the newest number ever given to a build, so a killed one's is never used twice. The lease is free when
    `lease_until` (epoch seconds) is past. `tidied` rises whenever merged changes are removed, `terms_version` says by which rules the
    generation's terms were made.
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
    tidied: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    terms_version: Mapped[str] = mapped_column(String(40), server_default=text("''"))


class SearchDelta(Model):
    """One term of one state of one book that no generation holds yet; `v` is its rank counted down,
    and `book` is the negated id, so that the key's order is rank order.
    """

    __tablename__ = "search_delta"
    __table_args__ = ({"sqlite_with_rowid": False},)

    term: Mapped[bytes] = mapped_column(TERM, primary_key=True)
    v: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    book: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    ver: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


class SearchChange(Model):
    """One state of one book with all its terms, joined by line feeds: what the next merge takes in.

    `merged_in` is the generation that holds it, or is to hold it when it is finished; 0 for none.
    """

    __tablename__ = "search_change"
    __table_args__ = (Index(None, "merged_in", "seq"), {"sqlite_autoincrement": True})

    seq: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    book: Mapped[int] = mapped_column(BigInteger)
    ver: Mapped[int] = mapped_column(Integer)
    v: Mapped[int] = mapped_column(BigInteger)
    rank_value: Mapped[int] = mapped_column(BigInteger)
    merged_in: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    terms: Mapped[bytes] = mapped_column(LargeBinary().with_variant(MEDIUMBLOB, "mysql"))
