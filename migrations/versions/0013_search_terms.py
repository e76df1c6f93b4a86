"""The search index: how often its changes were tidied, and by which rules its terms were made; nobody asks any more since when one waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("search_pointer", sa.Column("tidied", sa.Integer, nullable=False, server_default=sa.text("0")))
    op.add_column(
        "search_pointer", sa.Column("terms_version", sa.String(40), nullable=False, server_default=sa.text("''"))
    )
    op.drop_column("search_delta", "since")


def downgrade() -> None:
    op.add_column("search_delta", sa.Column("since", sa.Integer, nullable=False, server_default=sa.text("0")))
    op.drop_column("search_pointer", "terms_version")
    op.drop_column("search_pointer", "tidied")
