"""When the sources were last asked about a book: table enrichment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enrichment",
        sa.Column("isbn13", Key(13), nullable=False),
        sa.Column("asked_time", sa.BigInteger, nullable=False),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("isbn13", name=op.f("pk_enrichment")),
    )


def downgrade() -> None:
    op.drop_table("enrichment")
