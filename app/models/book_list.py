"""People's own lists, brought from elsewhere: kept for a while, until all of it is offered, wished for or given up."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.domain.reading_list import Outcome
from app.models.base import Base, PlainBase

_ID = BigInteger().with_variant(Integer, "sqlite")


class BookList(Base):
    """One list of one member; `header` is a JSON array of its column names, `encoding` what it came in. A deleted one keeps its rows until it is purged."""

    __tablename__ = "book_list"
    __table_args__ = (
        Index("ix_book_list_deleted_at", "deleted_at"),
        Index("ix_book_list_create_time", "create_time"),
    )

    id: Mapped[int] = mapped_column(_ID, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    header: Mapped[str] = mapped_column(Text)
    encoding: Mapped[str] = mapped_column(String(20), default="", server_default=text("''"))


class BookListRow(PlainBase):
    """One row. `cells` is a JSON array as it came; `isbn`, `title`, `author` are what it says, corrected by its owner.

    `verdict` and `outcome` are those of `app.domain.reading_list`; `isbn13` the book it names, or, joined by ";", those it may
    name. `kind` (gift, wish) and `listing_id` say what it became; `reason` why it was refused: a line in Chinese, one in English.
    """

    __tablename__ = "book_list_row"

    list_id: Mapped[int] = mapped_column(ForeignKey("book_list.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    cells: Mapped[str] = mapped_column(Text)
    isbn: Mapped[str] = mapped_column(String(500), default="", server_default=text("''"))
    title: Mapped[str] = mapped_column(String(500), default="", server_default=text("''"))
    author: Mapped[str] = mapped_column(String(500), default="", server_default=text("''"))
    verdict: Mapped[str] = mapped_column(Key(10))
    isbn13: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    outcome: Mapped[str] = mapped_column(
        Key(10), default=Outcome.WAITING.value, server_default=text(f"'{Outcome.WAITING}'")
    )
    kind: Mapped[str] = mapped_column(Key(4), default="", server_default=text("''"))
    listing_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(600), default="", server_default=text("''"))
