"""Second factors and invitations: tables second_factor, recovery_code, invitation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _member(table: str, column: str = "user_id", *, ondelete: str | None = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["user.id"], name=op.f(f"fk_{table}_{column}_user"), ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("user_id", _ID, nullable=False, autoincrement=False),
        sa.Column("sealed_secret", sa.String(400), nullable=False),
        sa.Column("enabled_at", sa.BigInteger),
        sa.Column("last_step", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
        _member("second_factor"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("code_hash", Key(64), nullable=False),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
        _member("recovery_code"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"])
    op.create_table(
        "invitation",
        sa.Column("id", _ID, nullable=False),
        sa.Column("code", Key(16), nullable=False),
        sa.Column("maker_id", _ID, nullable=False),
        sa.Column("note", sa.String(60), nullable=False, server_default=sa.text("''")),
        sa.Column("places", sa.Integer, nullable=False),
        sa.Column("used", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.CheckConstraint("used >= 0 AND used <= places", name=op.f("ck_invitation_used_within_places")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code", name=op.f("uq_invitation_code")),
        _member("invitation", "maker_id", ondelete=None),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_invitation_maker_id"), "invitation", ["maker_id"])


def downgrade() -> None:
    op.drop_table("invitation")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
