"""Wishers are told of copies that were on the shelf when works became one; open wishes of works are counted along an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("gift_telling", sa.Column("moved_isbns", sa.Text(), nullable=True))
    op.add_column(
        "gift_telling", sa.Column("left_work_id", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("gift_telling", sa.Column("to_moved", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.create_index(op.f("ix_notice_gift_id_user_id"), "notice", ["gift_id", "user_id"])
    op.create_index(op.f("ix_wish_state_work_id"), "wish", ["state", "work_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_wish_state_work_id"), "wish")
    op.drop_index(op.f("ix_notice_gift_id_user_id"), "notice")
    for name in ("to_moved", "left_work_id", "moved_isbns"):
        op.drop_column("gift_telling", name)
