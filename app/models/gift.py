"""Gifts and wishes: what members give and want, what wishers were told, and the place that a member's listing of a book takes."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.domain.gift import Condition, GiftState, Postage
from app.domain.wish import WishState
from app.models.base import PlainBase


class Gift(PlainBase):
    """One copy. `state` and `pause` are those of `app.domain.gift`; `bonus` is what its listing paid, in tenths, less what was
    given back; `listings` counts how often it came onto the shelf; `open_time` is when it last did.
    """

    __tablename__ = "gift"
    __table_args__ = (
        Index("ix_gift_isbn13_state", "isbn13", "state"),
        Index("ix_gift_user_id_id", "user_id", "id"),
        Index("ix_gift_state_open_time", "state", "open_time"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    isbn13: Mapped[str] = mapped_column(Key(13))
    state: Mapped[str] = mapped_column(
        Key(10), default=GiftState.OPEN.value, server_default=text(f"'{GiftState.OPEN}'")
    )
    pause: Mapped[str | None] = mapped_column(Key(10))
    book_condition: Mapped[str] = mapped_column(
        Key(10), default=Condition.GOOD.value, server_default=text(f"'{Condition.GOOD}'")
    )
    postage: Mapped[str] = mapped_column(
        Key(10), default=Postage.GIVER.value, server_default=text(f"'{Postage.GIVER}'")
    )
    note: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    bonus: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    listings: Mapped[int] = mapped_column(SmallInteger, default=1, server_default=text("1"))
    open_time: Mapped[int] = mapped_column(BigInteger)


class GiftAnnouncement(PlainBase):
    """A new gift whose wishers are being told, the longest waiting first; the row goes when all are.

    `told_up_to` is the last wish that was told. Wishes made after `create_time` saw the gift on the book's page.
    """

    __tablename__ = "gift_telling"

    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), primary_key=True, autoincrement=False)
    told_up_to: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))


class OpenListing(PlainBase):
    """While the row is there the member has this ISBN on one of their lists; its key decides a race for the place.

    `kind` is ``gift`` or ``wish``, `listing_id` the id of that gift or wish.
    """

    __tablename__ = "open_listing"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, autoincrement=False)
    isbn13: Mapped[str] = mapped_column(Key(13), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(Key(4))
    listing_id: Mapped[int] = mapped_column(BigInteger)


class Wish(PlainBase):
    """One wish. `state` is that of `app.domain.wish`; `drift_id` names the drift that fulfilled it."""

    __tablename__ = "wish"
    __table_args__ = (
        Index("ix_wish_isbn13_state", "isbn13", "state"),
        Index("ix_wish_user_id_id", "user_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    isbn13: Mapped[str] = mapped_column(Key(13))
    state: Mapped[str] = mapped_column(
        Key(10), default=WishState.OPEN.value, server_default=text(f"'{WishState.OPEN}'")
    )
    drift_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
