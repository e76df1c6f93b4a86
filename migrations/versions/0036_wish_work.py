"""Which works the owners of wishes for any language were shown. Those of open wishes are the places that they have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wish_work",
        sa.Column("wish_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("work_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("wish_id", "work_id", name=op.f("pk_wish_work")),
    )
    op.create_index(op.f("ix_wish_work_work_id"), "wish_work", ["work_id"])
    op.execute(
        "INSERT INTO wish_work (wish_id, work_id, create_time) SELECT w.id, o.work_id, w.create_time FROM wish w "
        "JOIN open_listing o ON o.user_id = w.user_id AND o.kind = 'wish' AND o.listing_id = w.id AND o.isbn13 = '' "
        "AND o.work_id <> w.work_id WHERE w.scope = 'any' AND w.state = 'open'"
    )


def downgrade() -> None:
    op.drop_table("wish_work")
