"""A use case is remembered by its key alone: column result of use_case goes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("use_case") as table:
        table.drop_column("result")


def downgrade() -> None:
    with op.batch_alter_table("use_case") as table:
        table.add_column(sa.Column("result", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
