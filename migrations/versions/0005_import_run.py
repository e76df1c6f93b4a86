"""Bulk imports: table import_run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _number(name: str, kind: sa.types.TypeEngine[int]) -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False, server_default=sa.text("0"))


def upgrade() -> None:
    counts = ("rows_read", "new", "changed", "unchanged", "rejected", "skipped", "rejects_size")
    op.create_table(
        "import_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("fingerprint", Key(64), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        *(_number(name, sa.BigInteger()) for name in counts),
        _number("unindexed", sa.SmallInteger()),
        _number("finished", sa.SmallInteger()),
        _number("update_time", sa.BigInteger()),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_import_run_fingerprint")),
    )


def downgrade() -> None:
    op.drop_table("import_run")
