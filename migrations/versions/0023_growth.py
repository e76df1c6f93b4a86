"""What keeps pages and jobs from growing with the members: indexes, when a reminder is due, and the site's counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_INDEXES = (
    ("account_token", "expires_at"),
    ("book_list", "create_time"),
    ("drift", "state", "claimed_at"),
    ("drift", "state", "ended_at"),
    ("drift", "state", "stopped_at", "due_at"),
    ("drift", "state", "stopped_at", "remind_at"),
    ("open_listing", "isbn13"),
    ("outbox_mail", "ended_at"),
    ("use_case", "create_time"),
    ("user", "confirmed_at", "status", "create_time"),
    ("user", "role", "status"),
    ("user_session", "create_time"),
    ("user_session", "seen_time"),
)
_OLD = ("drift", "state", "due_at")


def _name(table: str, *columns: str) -> str:
    return op.f("_".join(("ix", table, *columns)))


def upgrade() -> None:
    op.create_table(
        "site_count",
        sa.Column("name", Key(20), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site_count")),
    )
    op.add_column("drift", sa.Column("remind_at", sa.BigInteger))
    op.execute("UPDATE drift SET remind_at = 0 WHERE state IN ('waiting', 'mailed')")  # the clock looks at each once
    for table, *columns in _INDEXES:
        op.create_index(_name(table, *columns), table, columns)
    op.drop_index(_name(*_OLD), _OLD[0])


def downgrade() -> None:
    op.create_index(_name(*_OLD), _OLD[0], list(_OLD[1:]))
    for table, *columns in reversed(_INDEXES):
        op.drop_index(_name(table, *columns), table)
    op.drop_column("drift", "remind_at")
    op.drop_table("site_count")
