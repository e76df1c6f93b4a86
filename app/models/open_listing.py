"""A member's one place per ISBN: an open gift or an open wish."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class OpenListing(PlainBase):
    """While the row is there the member has this ISBN on one of their lists; its key decides a race for the place.

    `kind` is ``gift`` or ``wish``, `listing_id` the id of that gift or wish.
    """

    __tablename__ = "open_listing"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, autoincrement=False)
    isbn13: Mapped[str] = mapped_column(Key(13), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(Key(4))
    listing_id: Mapped[int] = mapped_column(BigInteger)
