"""New gifts whose wishers are still to be told: table gift_telling."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gift_telling",
        sa.Column("gift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("told_up_to", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_gift_telling_gift_id_gift")),
        sa.PrimaryKeyConstraint("gift_id", name=op.f("pk_gift_telling")),
    )


def downgrade() -> None:
    op.drop_table("gift_telling")
