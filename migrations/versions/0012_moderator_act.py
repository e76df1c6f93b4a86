"""What moderators did: table moderator_act."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "moderator_act",
        sa.Column("id", _ID, nullable=False),
        sa.Column("moderator_id", _ID, nullable=True),
        sa.Column("kind", Key(20), nullable=False),
        sa.Column("drift_id", _ID, nullable=True),
        sa.Column("member_id", _ID, nullable=True),
        sa.Column("reason", sa.String(200), server_default=sa.text("''"), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["moderator_id"], ["user.id"], name=op.f("fk_moderator_act_moderator_id_user")),
        sa.ForeignKeyConstraint(["drift_id"], ["drift.id"], name=op.f("fk_moderator_act_drift_id_drift")),
        sa.ForeignKeyConstraint(["member_id"], ["user.id"], name=op.f("fk_moderator_act_member_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderator_act")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_moderator_act_member_id_id"), "moderator_act", ["member_id", "id"])


def downgrade() -> None:
    op.drop_table("moderator_act")
