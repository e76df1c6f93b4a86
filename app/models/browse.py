"""What is counted over the whole site, so that no page has to."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class BrowseCount(PlainBase):
    """One number of the page for browsing; the worker writes all of them at once.

    `kind` is a `BrowseKind`; `item` the code of a language, the first year of a decade, or the ISBN of a work's edition. `number` says how many
    books there are, how many members wish the work, or how many readers its copies reached; `had` how many of the books can be had.
    """

    __tablename__ = "browse_count"

    kind: Mapped[str] = mapped_column(Key(10), primary_key=True)
    item: Mapped[str] = mapped_column(Key(20), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    had: Mapped[int] = mapped_column(BigInteger)
