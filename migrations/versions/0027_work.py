"""Works: which editions are one work. No book is written here: a job assigns those that are known, slice by slice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "work",
        sa.Column("id", _ID, nullable=False),
        sa.Column("work_key", Key(32), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
        sa.UniqueConstraint("work_key", name=op.f("uq_work_work_key")),
        sqlite_autoincrement=True,
    )
    op.add_column("book", sa.Column("work_id", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_index("ix_book_work", "book", ["work_id", "popularity"])


def downgrade() -> None:
    op.drop_index("ix_book_work", "book")
    op.drop_column("book", "work_id")
    op.drop_table("work")
