"""Works name the original that they are translations of; the worker finds it out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("work", sa.Column("family_id", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_index(op.f("ix_work_family_id"), "work", ["family_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_work_family_id"), "work")
    op.drop_column("work", "family_id")
