"""The names by which books are listed, and how far they are written. The worker fills the table; the site runs meanwhile."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "catalogue_name",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", Key(10), nullable=False),
        sa.Column("name_key", Key(10), nullable=False),
        sa.Column("shown", sa.String(200), nullable=False),
        sa.Column("books", sa.BigInteger(), nullable=False),
        sa.Column("had", sa.BigInteger(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_name")),
        sa.UniqueConstraint("kind", "name_key", name=op.f("uq_catalogue_name_kind_name_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_catalogue_name_kind_books", "catalogue_name", ["kind", "books"])
    op.create_table(
        "name_round",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("begun_time", sa.BigInteger(), nullable=False),
        sa.Column("ended_time", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("upto", Key(10), server_default=sa.text("''"), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_round")),
    )


def downgrade() -> None:
    op.drop_table("name_round")
    op.drop_table("catalogue_name")
