"""Lists, invitations and sessions that are deleted stay for a while: columns status and deleted_at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TABLES = ("book_list", "invitation", "user_session")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("status", sa.SmallInteger, nullable=False, server_default=sa.text("1")))
        op.add_column(table, sa.Column("deleted_at", sa.BigInteger))
        op.create_index(op.f(f"ix_{table}_deleted_at"), table, ["deleted_at"])


def downgrade() -> None:
    """Remove what is deleted: without the columns it would be alive again."""
    op.execute("DELETE FROM book_list_row WHERE list_id IN (SELECT id FROM book_list WHERE status = 0)")
    for table in reversed(_TABLES):
        op.execute(f"DELETE FROM {table} WHERE status = 0")
        op.drop_index(op.f(f"ix_{table}_deleted_at"), table)
        op.drop_column(table, "deleted_at")
        op.drop_column(table, "status")
