"""Works that are on the same members' lists. The worker fills the table once a day; it names no member."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_neighbour",
        sa.Column("work_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("other_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("members", sa.SmallInteger(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("work_id", "other_id", name=op.f("pk_work_neighbour")),
    )


def downgrade() -> None:
    op.drop_table("work_neighbour")
