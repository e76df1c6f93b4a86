"""What can be browsed, counted over the whole site. The worker fills the table; the site runs meanwhile."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "browse_count",
        sa.Column("kind", Key(10), nullable=False),
        sa.Column("item", Key(20), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("had", sa.BigInteger(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "item", name=op.f("pk_browse_count")),
    )


def downgrade() -> None:
    op.drop_table("browse_count")
