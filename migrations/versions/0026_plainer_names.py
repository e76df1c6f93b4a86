"""Plainer names: `version` of a book and of a change of it, `use_case_done` and `throttle`."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_VERSIONED = ("book", "search_change")
_TABLES = {"use_case": "use_case_done", "pace": "throttle"}


def upgrade() -> None:
    for table in _VERSIONED:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN ver TO version")
    op.drop_index(op.f("ix_use_case_create_time"), "use_case")
    for old, new in _TABLES.items():
        op.rename_table(old, new)
    op.create_index(op.f("ix_use_case_done_create_time"), "use_case_done", ["create_time"])


def downgrade() -> None:
    op.drop_index(op.f("ix_use_case_done_create_time"), "use_case_done")
    for old, new in _TABLES.items():
        op.rename_table(new, old)
    op.create_index(op.f("ix_use_case_create_time"), "use_case", ["create_time"])
    for table in _VERSIONED:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN version TO ver")
