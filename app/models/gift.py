"""Gifts and wishes: what members give and want, what wishers were told, and the place that a member's listing of a book takes."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.domain.gift import Condition, GiftState, Postage
from app.domain.wish import WishScope, WishState
from app.models.base import PlainBase


class Gift(PlainBase):
    """One copy. `state` and `pause` are those of `app.domain.gift`; `bonus` is what its listing paid, in tenths, less what was
    given back; `listings` counts how often it came onto the shelf; `open_time` is when it last did. `work_id` is that of its book.

    `city_id` is its giver's city where the gift tells it, `language` that of its book, without script or country; None until the
    worker has written it.
    """

    __tablename__ = "gift"
    __table_args__ = (
        Index("ix_gift_isbn13_state_city_id", "isbn13", "state", "city_id"),
        Index("ix_gift_city_id_state_open_time", "city_id", "state", "open_time"),
        Index("ix_gift_city_id_state_language_open_time", "city_id", "state", "language", "open_time"),
        Index("ix_gift_user_id_id", "user_id", "id"),
        Index("ix_gift_state_open_time", "state", "open_time"),
        Index("ix_gift_work_id_state_user_id", "work_id", "state", "user_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    isbn13: Mapped[str] = mapped_column(Key(13))
    work_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
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
    city_id: Mapped[int | None] = mapped_column(BigInteger)
    language: Mapped[str | None] = mapped_column(Key(8))


class GiftAnnouncement(PlainBase):
    """A gift whose wishers are being told, the longest waiting first; the row goes when all are.

    `told_up_to` is the last wish that was told. Wishes made after `create_time` saw the gift on the book's page.

    A copy that was on the shelf already when books moved to another work is told to those for whom it has become one: `moved_isbns`
    are these books, of the work `left_work_id`; it is told to their wishers (`to_moved` 1), or to those of the others (0).
    """

    __tablename__ = "gift_telling"

    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), primary_key=True, autoincrement=False)
    told_up_to: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    moved_isbns: Mapped[str | None] = mapped_column(Text)
    left_work_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    to_moved: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))


class OpenListing(PlainBase):
    """A place on a member's lists, taken while a gift or a wish is open; its key decides a race for the place.

    A gift and a wish for one edition take that of the ISBN (`work_id` 0); a wish for any edition takes that of the work
    (`isbn13` ""). `kind` is ``gift`` or ``wish``, `listing_id` the id of that gift or wish.
    """

    __tablename__ = "open_listing"
    __table_args__ = (Index("ix_open_listing_place", "isbn13", "work_id", "kind", "listing_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, autoincrement=False)
    isbn13: Mapped[str] = mapped_column(Key(13), primary_key=True)
    work_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, server_default=text("0"))
    kind: Mapped[str] = mapped_column(Key(4))
    listing_id: Mapped[int] = mapped_column(BigInteger)


class WishedWork(PlainBase):
    """A work besides its own that the owner of a wish for any language was shown, and confirmed."""

    __tablename__ = "wish_work"

    wish_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    work_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, index=True)


class Wish(PlainBase):
    """One wish, made from the page of an ISBN. `state` and `scope` are those of `app.domain.wish`; `work_id` is that of its book.

    `drift_id` names the drift that fulfilled it, `joined_to` the member's other wish that stands for it since their works became one.
    """

    __tablename__ = "wish"
    __table_args__ = (
        Index("ix_wish_isbn13_state", "isbn13", "state"),
        Index("ix_wish_user_id_id", "user_id", "id"),
        Index("ix_wish_work_id_state_scope", "work_id", "state", "scope"),
        Index("ix_wish_state_work_id", "state", "work_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    isbn13: Mapped[str] = mapped_column(Key(13))
    work_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    scope: Mapped[str] = mapped_column(
        Key(10), default=WishScope.EDITION.value, server_default=text(f"'{WishScope.EDITION}'")
    )
    state: Mapped[str] = mapped_column(
        Key(10), default=WishState.OPEN.value, server_default=text(f"'{WishState.OPEN}'")
    )
    drift_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    joined_to: Mapped[int | None] = mapped_column(BigInteger, index=True)
