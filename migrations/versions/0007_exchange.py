"""The exchange: gifts, wishes, drifts, beans, notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "bean_transfer",
        sa.Column("id", _ID, nullable=False),
        sa.Column("source", Key(24), nullable=False),
        sa.Column("target", Key(24), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("subject", Key(60), nullable=False),
        sa.Column("reason", Key(60), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bean_transfer_amount_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bean_transfer")),
        sa.UniqueConstraint("subject", "reason", name=op.f("uq_bean_transfer_subject_reason")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_bean_transfer_source_id"), "bean_transfer", ["source", "id"])
    op.create_index(op.f("ix_bean_transfer_target_id"), "bean_transfer", ["target", "id"])

    op.create_table(
        "pace",
        sa.Column("name", Key(60), nullable=False),
        sa.Column("last_time", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pace")),
    )
    op.create_table(
        "use_case",
        sa.Column("id", Key(32), nullable=False),
        sa.Column("result", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_case")),
    )
    op.create_table(
        "bean_balance",
        sa.Column("user_id", _ID, autoincrement=False, nullable=False),
        sa.Column("balance", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_bean_balance_balance_not_negative")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_bean_balance_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_bean_balance")),
    )
    op.create_table(
        "bean_debt",
        sa.Column("id", _ID, nullable=False),
        sa.Column("debtor_id", _ID, nullable=False),
        sa.Column("creditor", Key(24), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("subject", Key(60), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("paid >= 0 AND paid <= amount", name=op.f("ck_bean_debt_paid_in_bounds")),
        sa.ForeignKeyConstraint(["debtor_id"], ["user.id"], name=op.f("fk_bean_debt_debtor_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bean_debt")),
        sa.UniqueConstraint("subject", name=op.f("uq_bean_debt_subject")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_bean_debt_debtor_id"), "bean_debt", ["debtor_id"])

    op.create_table(
        "gift",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("isbn13", Key(13), nullable=False),
        sa.Column("state", Key(10), server_default=sa.text("'open'"), nullable=False),
        sa.Column("pause", Key(10), nullable=True),
        sa.Column("book_condition", Key(10), server_default=sa.text("'good'"), nullable=False),
        sa.Column("postage", Key(10), server_default=sa.text("'giver'"), nullable=False),
        sa.Column("note", sa.String(length=200), server_default=sa.text("('')"), nullable=False),
        sa.Column("bonus", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("listings", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("open_time", sa.BigInteger(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_gift_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_gift_isbn13_state"), "gift", ["isbn13", "state"])
    op.create_index(op.f("ix_gift_state_open_time"), "gift", ["state", "open_time"])
    op.create_index(op.f("ix_gift_user_id_id"), "gift", ["user_id", "id"])

    op.create_table(
        "notice",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("kind", Key(30), nullable=False),
        sa.Column("drift_id", sa.BigInteger(), nullable=True),
        sa.Column("gift_id", sa.BigInteger(), nullable=True),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notice_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_notice_drift_id"), "notice", ["drift_id"])
    op.create_index(op.f("ix_notice_user_id_id"), "notice", ["user_id", "id"])
    op.create_index(op.f("ix_notice_user_id_read_at"), "notice", ["user_id", "read_at"])

    op.create_table(
        "open_listing",
        sa.Column("user_id", _ID, autoincrement=False, nullable=False),
        sa.Column("isbn13", Key(13), nullable=False),
        sa.Column("kind", Key(4), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_open_listing_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "isbn13", name=op.f("pk_open_listing")),
    )
    op.create_table(
        "saved_address",
        sa.Column("user_id", _ID, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_address_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_saved_address")),
    )
    op.create_table(
        "wish",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("isbn13", Key(13), nullable=False),
        sa.Column("state", Key(10), server_default=sa.text("'open'"), nullable=False),
        sa.Column("drift_id", sa.BigInteger(), nullable=True),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_wish_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_wish_drift_id"), "wish", ["drift_id"])
    op.create_index(op.f("ix_wish_isbn13_state"), "wish", ["isbn13", "state"])
    op.create_index(op.f("ix_wish_user_id_id"), "wish", ["user_id", "id"])

    op.create_table(
        "drift",
        sa.Column("id", _ID, nullable=False),
        sa.Column("gift_id", _ID, nullable=False),
        sa.Column("open_gift_id", sa.BigInteger(), nullable=True),
        sa.Column("isbn13", Key(13), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("authors", sa.String(length=1000), server_default=sa.text("('')"), nullable=False),
        sa.Column("requester_id", _ID, nullable=False),
        sa.Column("giver_id", _ID, nullable=False),
        sa.Column("requester_name", sa.String(length=40), nullable=False),
        sa.Column("giver_name", sa.String(length=40), nullable=False),
        sa.Column("state", Key(10), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("handover", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("message", sa.String(length=200), server_default=sa.text("('')"), nullable=False),
        sa.Column("reason", sa.String(length=300), server_default=sa.text("('')"), nullable=False),
        sa.Column("carrier", sa.String(length=40), server_default=sa.text("('')"), nullable=False),
        sa.Column("tracking", sa.String(length=60), server_default=sa.text("('')"), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("mailed_at", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.Column("delays", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reminded", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("covered", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("pressed", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_drift_gift_id_gift")),
        sa.ForeignKeyConstraint(["giver_id"], ["user.id"], name=op.f("fk_drift_giver_id_user")),
        sa.ForeignKeyConstraint(["requester_id"], ["user.id"], name=op.f("fk_drift_requester_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drift")),
        sa.UniqueConstraint("open_gift_id", name=op.f("uq_drift_open_gift_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_drift_erased_at_ended_at"), "drift", ["erased_at", "ended_at"])
    op.create_index(op.f("ix_drift_gift_id"), "drift", ["gift_id"])
    op.create_index(op.f("ix_drift_giver_id_state"), "drift", ["giver_id", "state"])
    op.create_index(op.f("ix_drift_requester_id_state"), "drift", ["requester_id", "state"])
    op.create_index(op.f("ix_drift_state_due_at"), "drift", ["state", "due_at"])

    op.create_table(
        "drift_address",
        sa.Column("drift_id", _ID, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["drift_id"], ["drift.id"], name=op.f("fk_drift_address_drift_id_drift")),
        sa.PrimaryKeyConstraint("drift_id", name=op.f("pk_drift_address")),
    )
    op.create_table(
        "drift_event",
        sa.Column("id", _ID, nullable=False),
        sa.Column("drift_id", _ID, nullable=False),
        sa.Column("kind", Key(20), nullable=False),
        sa.Column("party", Key(10), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["drift_id"], ["drift.id"], name=op.f("fk_drift_event_drift_id_drift")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drift_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_drift_event_drift_id_id"), "drift_event", ["drift_id", "id"])


def downgrade() -> None:
    for table in (
        "drift_event",
        "drift_address",
        "drift",
        "wish",
        "saved_address",
        "open_listing",
        "notice",
        "gift",
        "bean_debt",
        "bean_balance",
        "use_case",
        "pace",
        "bean_transfer",
    ):
        op.drop_table(table)
