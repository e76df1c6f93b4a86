"""Mail and periodic jobs: tables outbox_mail and periodic_job."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("message_id", Key(300), nullable=False),
        sa.Column("user_id", sa.BigInteger),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("name", sa.String(100), nullable=False, server_default=sa.text("''")),
        sa.Column("language", Key(2), nullable=False),
        sa.Column("kind", Key(60), nullable=False),
        sa.Column("subject", sa.String(500), nullable=False),
        sa.Column("context", sa.Text, nullable=False),
        sa.Column("state", Key(10), nullable=False, server_default=sa.text("'queued'")),
        sa.Column("attempts", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("lease", Key(32)),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("problem", sa.String(255), nullable=False, server_default=sa.text("''")),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_mail_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_outbox_mail_state_due_at"), "outbox_mail", ["state", "due_at"])
    op.create_index(op.f("ix_outbox_mail_user_id_id"), "outbox_mail", ["user_id", "id"])
    op.create_table(
        "periodic_job",
        sa.Column("name", Key(60), nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("lease", Key(32)),
        sa.Column("ran_at", sa.BigInteger),
        sa.Column("problem", sa.String(255), nullable=False, server_default=sa.text("''")),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_periodic_job")),
    )


def downgrade() -> None:
    op.drop_table("periodic_job")
    op.drop_table("outbox_mail")
