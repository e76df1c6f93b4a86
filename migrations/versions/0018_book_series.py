"""Books: find those of a series."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_book_series", "book", ["series"], sqlite_where=sa.text("series <> ''"))


def downgrade() -> None:
    op.drop_index("ix_book_series", "book")
