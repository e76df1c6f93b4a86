"""Cities: a member's own, what a gift tells of it and in which language its book is, and how many members show one. Meetings that were missed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_FOUND = "ix_gift_isbn13_state_city_id"
_FOUND_BEFORE = "ix_gift_isbn13_state"


def upgrade() -> None:
    """Add the columns empty: the worker writes the languages of the gifts that stand there, in slices."""
    for name in ("city_id", "city_changed_at", "city_changed_before_at"):
        op.add_column("user", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("user", _flag("city_shown"))
    op.create_index("ix_user_city_id_city_shown", "user", ["city_id", "city_shown"])
    op.add_column("gift", sa.Column("city_id", sa.BigInteger(), nullable=True))
    op.add_column("gift", sa.Column("language", Key(8), nullable=True))
    op.create_index("ix_gift_city_id_state_open_time", "gift", ["city_id", "state", "open_time"])
    op.create_index("ix_gift_city_id_state_language_open_time", "gift", ["city_id", "state", "language", "open_time"])
    op.create_index(_FOUND, "gift", ["isbn13", "state", "city_id"])
    op.drop_index(_FOUND_BEFORE, "gift")
    op.create_table(
        "shown_city",
        sa.Column("city_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("members", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("city_id", name=op.f("pk_shown_city")),
    )
    op.create_index("ix_shown_city_members_city_id", "shown_city", ["members", "city_id"])
    for name in ("requester_missing", "giver_missing"):
        op.add_column("drift", _flag(name))


def downgrade() -> None:
    """Forget the cities, and who missed a meeting: an older version knows such requests as declined."""
    op.execute("UPDATE drift SET state = 'rejected' WHERE state = 'missed'")
    op.execute("DELETE FROM drift_event WHERE kind IN ('missed', 'denied')")
    op.execute("DELETE FROM notice WHERE kind IN ('drift_missed', 'miss_denied')")
    for name in ("giver_missing", "requester_missing"):
        op.drop_column("drift", name)
    op.drop_table("shown_city")
    op.create_index(_FOUND_BEFORE, "gift", ["isbn13", "state"])
    for name in (_FOUND, "ix_gift_city_id_state_language_open_time", "ix_gift_city_id_state_open_time"):
        op.drop_index(name, "gift")
    for name in ("language", "city_id"):
        op.drop_column("gift", name)
    op.drop_index("ix_user_city_id_city_shown", "user")
    for name in ("city_shown", "city_changed_before_at", "city_changed_at", "city_id"):
        op.drop_column("user", name)


def _flag(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger(), server_default=sa.text("0"), nullable=False)
