"""Lists: note the encoding that a list came in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("book_list", sa.Column("encoding", sa.String(20), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    with op.batch_alter_table("book_list") as table:
        table.drop_column("encoding")
