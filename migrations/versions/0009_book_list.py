"""People's own lists: tables book_list and book_list_row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _text(name: str, kind: sa.types.TypeEngine[str], default: str = "") -> sa.Column[str]:
    return sa.Column(name, kind, nullable=False, server_default=sa.text(f"'{default}'"))


def upgrade() -> None:
    op.create_table(
        "book_list",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_book_list_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_list")),
    )
    op.create_index(op.f("ix_book_list_user_id"), "book_list", ["user_id"])
    op.create_table(
        "book_list_row",
        sa.Column("list_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("cells", sa.Text, nullable=False),
        _text("isbn", sa.String(500)),
        _text("title", sa.String(500)),
        _text("author", sa.String(500)),
        sa.Column("verdict", Key(10), nullable=False),
        _text("isbn13", sa.String(200)),
        _text("outcome", Key(10), "waiting"),
        _text("kind", Key(4)),
        sa.Column("listing_id", sa.BigInteger, nullable=True),
        _text("reason", sa.String(600)),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["book_list.id"], name=op.f("fk_book_list_row_list_id_book_list")),
        sa.PrimaryKeyConstraint("list_id", "number", name=op.f("pk_book_list_row")),
    )


def downgrade() -> None:
    op.drop_table("book_list_row")
    op.drop_table("book_list")
