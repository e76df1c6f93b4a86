"""Editions that may be one volume only, for moderators. The worker fills the table; the site runs meanwhile."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "short_edition",
        sa.Column("isbn13", Key(13), nullable=False),
        sa.Column("work_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("isbn13", name=op.f("pk_short_edition")),
    )
    op.create_index(op.f("ix_short_edition_work_id"), "short_edition", ["work_id"])
    op.create_index(op.f("ix_short_edition_decision_id_work_id"), "short_edition", ["decision_id", "work_id"])


def downgrade() -> None:
    """Forget the list, and the decisions about it, which an older version cannot name."""
    op.drop_table("short_edition")
    op.execute("DELETE FROM work_decision WHERE kind = 'whole'")
    op.execute("DELETE FROM moderator_act WHERE kind = 'whole edition'")
