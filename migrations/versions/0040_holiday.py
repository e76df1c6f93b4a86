"""Holidays, and for which causes a deadline stands still: so far only for mail that did not arrive."""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("drift", sa.Column("stopped_for", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.execute("UPDATE drift SET stopped_for = 1 WHERE state IN ('waiting', 'mailed') AND stopped_at IS NOT NULL")
    op.create_table(
        "holiday",
        sa.Column("id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("stage", Key(10), server_default=sa.text("'planned'"), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["user.id"], name=op.f("fk_holiday_member_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_holiday_member_id_until", "holiday", ["member_id", "until"])
    op.create_index(op.f("ix_holiday_due_at"), "holiday", ["due_at"])


def downgrade() -> None:
    """End all holidays: gifts rest until their giver says a word, and deadlines that stood still for a holiday run on."""
    op.execute("UPDATE gift SET pause = 'silent' WHERE state = 'paused' AND pause = 'holiday'")
    run_on = sa.text(
        "UPDATE drift SET due_at = due_at + :now - stopped_at, stopped_at = NULL "
        "WHERE state IN ('waiting', 'mailed') AND stopped_at IS NOT NULL AND stopped_for % 2 = 0"
    )
    op.get_bind().execute(run_on, {"now": int(time.time())})
    # The party of these events is one that an older version has no words for.
    op.execute("UPDATE drift_event SET party = 'clock' WHERE party = 'holiday'")
    op.drop_table("holiday")
    op.drop_column("drift", "stopped_for")
