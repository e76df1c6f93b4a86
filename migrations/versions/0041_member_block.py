"""Whom members have blocked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "member_block",
        sa.Column("member_id", _ID, autoincrement=False, nullable=False),
        sa.Column("blocked_id", _ID, autoincrement=False, nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["user.id"], name=op.f("fk_member_block_member_id_user")),
        sa.ForeignKeyConstraint(["blocked_id"], ["user.id"], name=op.f("fk_member_block_blocked_id_user")),
        sa.PrimaryKeyConstraint("member_id", "blocked_id", name=op.f("pk_member_block")),
    )
    op.create_index(op.f("ix_member_block_blocked_id"), "member_block", ["blocked_id"])


def downgrade() -> None:
    op.drop_table("member_block")
