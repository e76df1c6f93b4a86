"""The catalogue: books, their works and other numbers, imports, and what was asked of the sources."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class Book(PlainBase):
    """One edition. Lists (authors, translators, subjects) are joined by ";". `work_id` is 0 until it is assigned to a work.

    `version` rises with every change: an entry of the search index counts only while it names the row's version. Ids are
    never used twice, or an old entry could point at a new book.
    """

    __tablename__ = "book"
    __table_args__ = (
        Index("ix_book_series", "series", sqlite_where=text("series <> ''")),
        Index("ix_book_work", "work_id", "popularity"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    isbn13: Mapped[str] = mapped_column(Key(13), unique=True)
    title: Mapped[str] = mapped_column(String(500))
    subtitle: Mapped[str] = mapped_column(String(500), default="", server_default=text("''"))
    authors: Mapped[str] = mapped_column(String(1000), default="", server_default=text("''"))
    translators: Mapped[str] = mapped_column(String(500), default="", server_default=text("''"))
    publisher: Mapped[str] = mapped_column(String(255), default="", server_default=text("''"))
    pubdate: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    pages: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    binding: Mapped[str] = mapped_column(String(100), default="", server_default=text("''"))
    price: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    language: Mapped[str] = mapped_column(String(35), default="", server_default=text("''"))
    original_title: Mapped[str] = mapped_column(String(500), default="", server_default=text("''"))
    series: Mapped[str] = mapped_column(String(500), default="", server_default=text("''"))
    subjects: Mapped[str] = mapped_column(String(1000), default="", server_default=text("''"))
    summary: Mapped[str] = mapped_column(Text, default="")
    cover: Mapped[str] = mapped_column(String(500), default="", server_default=text("''"))
    source: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    popularity: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"), index=True)
    version: Mapped[int] = mapped_column(Integer, default=1, server_default=text("1"))
    work_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    update_time: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))


class Work(PlainBase):
    """What several editions have in common, by the hash of its key (`app.domain.work`).

    `family_id` is the work that it is a translation of, as far as that is known; else 0. An original is none's translation.
    `same_as` is the work that a moderator has merged this one with, or 0: no book is in this one then.
    """

    __tablename__ = "work"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    work_key: Mapped[str] = mapped_column(Key(32), unique=True)
    family_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"), index=True)
    same_as: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"), index=True)


class WorkNeighbour(PlainBase):
    """A work that at least twenty persons have on their lists besides another one: how many, as far as was counted, and never who.

    The worker writes them once a day, at most sixteen of each work.
    """

    __tablename__ = "work_neighbour"

    work_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    other_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    members: Mapped[int] = mapped_column(SmallInteger)


class WorkDecision(PlainBase):
    """What a moderator decided about an edition's work: a `DecisionKind`, about `isbn13` and, unless it stands alone now, another.

    The act of moderation says who did it and why. It holds until `undone_time`.
    """

    __tablename__ = "work_decision"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    kind: Mapped[str] = mapped_column(Key(10))
    isbn13: Mapped[str] = mapped_column(Key(13))
    other_isbn13: Mapped[str] = mapped_column(Key(13), default="", server_default=text("''"))
    act_id: Mapped[int] = mapped_column(ForeignKey("moderator_act.id"))
    undone_time: Mapped[int | None] = mapped_column(BigInteger)


class WorkOverride(PlainBase):
    """Which work an edition belongs to by a decision that holds, not by its facts; the newest decision counts.

    Two works of one decision are merged. `known_by` is the ISBN whose facts made that work's key by the rule of this number, "" where a
    decision made the work: so it is found again when the rule has changed.
    """

    __tablename__ = "work_override"

    isbn13: Mapped[str] = mapped_column(Key(13), primary_key=True)
    decision_id: Mapped[int] = mapped_column(
        ForeignKey("work_decision.id"), primary_key=True, autoincrement=False, index=True
    )
    work_id: Mapped[int] = mapped_column(BigInteger, index=True)
    known_by: Mapped[str] = mapped_column(Key(13), default="", server_default=text("''"))
    rule: Mapped[int] = mapped_column(SmallInteger)


class ShortEdition(PlainBase):
    """An edition that may be one volume of what the other editions of its work hold whole, as the last round of the worker saw it.

    `decision_id` is 0 while it waits for a moderator, else the decision that calls it whole.
    """

    __tablename__ = "short_edition"
    __table_args__ = (Index(None, "decision_id", "work_id"),)

    isbn13: Mapped[str] = mapped_column(Key(13), primary_key=True)
    work_id: Mapped[int] = mapped_column(BigInteger, index=True)
    decision_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))


class BookAlias(PlainBase):
    """Another ISBN of a book, under which it is found as well.

    A number that is a book's own is never looked for here, so an alias cannot hide a book. Ids rise, so that the newest
    one tells whether an alias was added.
    """

    __tablename__ = "book_alias"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    isbn13: Mapped[str] = mapped_column(Key(13), unique=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), index=True)


class CatalogueName(PlainBase):
    """A name by which books are listed: an author of two books and more, a series, a publisher, a subject.

    `kind` is a `NameKind`; `name_key` the end of the index's term, which all spellings share; `shown` the usual spelling. `books` says
    how many books have it, `had` how many of these can be had. The worker writes them once a day; ids rise, so that a sitemap is a span of them.
    """

    __tablename__ = "catalogue_name"
    __table_args__ = (
        UniqueConstraint("kind", "name_key"),
        Index(None, "kind", "books"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    kind: Mapped[str] = mapped_column(Key(10))
    name_key: Mapped[str] = mapped_column(Key(10))
    shown: Mapped[str] = mapped_column(String(200))
    books: Mapped[int] = mapped_column(BigInteger)
    had: Mapped[int] = mapped_column(BigInteger)


class NameRound(PlainBase):
    """How far the names are written (one row, id 1): up to the term `upto`, in a round that began at `begun_time`; `ended_time` is 0 on the way."""

    __tablename__ = "name_round"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    begun_time: Mapped[int] = mapped_column(BigInteger)
    ended_time: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    upto: Mapped[str] = mapped_column(Key(10), default="", server_default=text("''"))


class Enrichment(PlainBase):
    """One ISBN that `flask catalogue enrich` has asked about, at `asked_time`; it is not asked about again for a while."""

    __tablename__ = "enrichment"

    isbn13: Mapped[str] = mapped_column(Key(13), primary_key=True)
    asked_time: Mapped[int] = mapped_column(BigInteger)


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
