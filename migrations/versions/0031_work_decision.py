"""People are right: what moderators decide about works, and what members report. No book is written here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("work", sa.Column("same_as", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.create_index(op.f("ix_work_same_as"), "work", ["same_as"])
    for name in ("isbn13", "other_isbn13"):
        op.add_column("moderator_act", sa.Column(name, Key(13), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "work_decision",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", Key(10), nullable=False),
        sa.Column("isbn13", Key(13), nullable=False),
        sa.Column("other_isbn13", Key(13), server_default=sa.text("''"), nullable=False),
        sa.Column("act_id", _ID, nullable=False),
        sa.Column("undone_time", sa.BigInteger(), nullable=True),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["moderator_act.id"], name=op.f("fk_work_decision_act_id_moderator_act")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_decision")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "work_override",
        sa.Column("isbn13", Key(13), nullable=False),
        sa.Column("decision_id", _ID, autoincrement=False, nullable=False),
        sa.Column("work_id", sa.BigInteger(), nullable=False),
        sa.Column("known_by", Key(13), server_default=sa.text("''"), nullable=False),
        sa.Column("rule", sa.SmallInteger(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["work_decision.id"], name=op.f("fk_work_override_decision_id_work_decision")
        ),
        sa.PrimaryKeyConstraint("isbn13", "decision_id", name=op.f("pk_work_override")),
    )
    op.create_index(op.f("ix_work_override_decision_id"), "work_override", ["decision_id"])
    op.create_index(op.f("ix_work_override_work_id"), "work_override", ["work_id"])
    op.create_table(
        "edition_report",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("isbn13", Key(13), nullable=False),
        sa.Column("other_isbn13", Key(13), nullable=False),
        sa.Column("note", sa.String(200), server_default=sa.text("''"), nullable=False),
        sa.Column("is_open", sa.SmallInteger(), nullable=True),
        sa.Column("closed_time", sa.BigInteger(), nullable=True),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_edition_report_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_report")),
        sa.UniqueConstraint(
            "user_id",
            "isbn13",
            "other_isbn13",
            "is_open",
            name=op.f("uq_edition_report_user_id_isbn13_other_isbn13_is_open"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_edition_report_is_open_id", "edition_report", ["is_open", "id"])
    op.create_index("ix_edition_report_pair", "edition_report", ["isbn13", "other_isbn13", "is_open"])


def downgrade() -> None:
    """Forget reports and decisions: an older version neither knows nor shows them. Books stay in the works they are in."""
    for table in ("edition_report", "work_override", "work_decision"):
        op.drop_table(table)
    op.execute("DELETE FROM moderator_act WHERE isbn13 <> ''")
    for name in ("other_isbn13", "isbn13"):
        op.drop_column("moderator_act", name)
    op.drop_index(op.f("ix_work_same_as"), "work")
    op.drop_column("work", "same_as")
