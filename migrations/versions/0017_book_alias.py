"""Other numbers of books: table book_alias."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "book_alias",
        sa.Column("id", _ID, nullable=False),
        sa.Column("isbn13", Key(13), nullable=False),
        sa.Column("book_id", _ID, nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_book_alias_book_id_book")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_alias")),
        sa.UniqueConstraint("isbn13", name=op.f("uq_book_alias_isbn13")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_book_alias_book_id"), "book_alias", ["book_id"])


def downgrade() -> None:
    op.drop_table("book_alias")
