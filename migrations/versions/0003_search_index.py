"""The search index: which generation is live, and the changes since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import MEDIUMBLOB, VARBINARY

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _number(name: str, kind: sa.types.TypeEngine[int]) -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False, server_default=sa.text("0"))


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default=sa.text("''"))


def upgrade() -> None:
    op.create_table(
        "search_pointer",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        _number("generation", sa.Integer()),
        _number("books", sa.BigInteger()),
        _number("switched_at", sa.BigInteger()),
        _number("last_number", sa.Integer()),
        _text("lease_owner", 120),
        _text("lease_for", 20),
        _number("lease_until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_pointer")),
    )
    op.create_table(
        "search_delta",
        sa.Column("term", sa.LargeBinary(64).with_variant(VARBINARY(64), "mysql"), nullable=False),
        sa.Column("v", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("book", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("ver", sa.Integer, autoincrement=False, nullable=False),
        _number("since", sa.Integer()),
        sa.PrimaryKeyConstraint("term", "v", "book", "ver", name=op.f("pk_search_delta")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_change",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("book", sa.BigInteger, nullable=False),
        sa.Column("ver", sa.Integer, nullable=False),
        sa.Column("v", sa.BigInteger, nullable=False),
        sa.Column("rank_value", sa.BigInteger, nullable=False),
        _number("merged_in", sa.Integer()),
        sa.Column("terms", sa.LargeBinary().with_variant(MEDIUMBLOB, "mysql"), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_search_change")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_search_change_merged_in_seq"), "search_change", ["merged_in", "seq"])


def downgrade() -> None:
    op.drop_table("search_change")
    op.drop_table("search_delta")
    op.drop_table("search_pointer")
