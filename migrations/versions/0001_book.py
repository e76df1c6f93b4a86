"""The catalogue: table book."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default=sa.text("''"))


def _number(name: str, kind: sa.types.TypeEngine[int], default: int) -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False, server_default=sa.text(str(default)))


def upgrade() -> None:
    op.create_table(
        "book",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("isbn13", Key(13), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        _text("subtitle", 500),
        _text("authors", 1000),
        _text("translators", 500),
        _text("publisher", 255),
        _text("pubdate", 40),
        _text("pages", 40),
        _text("binding", 100),
        _text("price", 60),
        _text("language", 35),
        _text("original_title", 500),
        _text("series", 500),
        _text("subjects", 1000),
        sa.Column("summary", sa.Text, nullable=False),
        _text("cover", 500),
        _text("source", 60),
        _number("popularity", sa.SmallInteger(), 0),
        _number("ver", sa.Integer(), 1),
        _number("update_time", sa.BigInteger(), 0),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book")),
        sa.UniqueConstraint("isbn13", name=op.f("uq_book_isbn13")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_book_popularity"), "book", ["popularity"])


def downgrade() -> None:
    op.drop_table("book")
