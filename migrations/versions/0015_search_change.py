"""The search index: a change is one row; what its terms are asked for is kept in memory by who asks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import VARBINARY

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("search_delta")
    op.drop_column("search_change", "v")
    op.drop_column("search_pointer", "tidied")


def downgrade() -> None:
    op.add_column("search_pointer", sa.Column("tidied", sa.Integer, nullable=False, server_default=sa.text("0")))
    op.add_column("search_change", sa.Column("v", sa.BigInteger, nullable=False, server_default=sa.text("0")))
    op.create_table(
        "search_delta",
        sa.Column("term", sa.LargeBinary(64).with_variant(VARBINARY(64), "mysql"), nullable=False),
        sa.Column("v", sa.BigInteger, nullable=False),
        sa.Column("book", sa.BigInteger, nullable=False),
        sa.Column("ver", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("term", "v", "book", "ver", name=op.f("pk_search_delta")),
        sqlite_with_rowid=False,
    )
    op.execute("UPDATE search_pointer SET terms_version = ''")  # outdated: built again, it holds what waits now
