"""Beans: the ledger, the balances, and debts. Amounts are tenths of a bean."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.database import Key
from app.models.base import PlainBase


class BeanTransfer(PlainBase):
    """One movement between two accounts. Rows are never changed or deleted; one cause makes one row.

    `subject` and `reason` name the cause; `kind` (`app.domain.beans.EntryKind`) says what was paid for.
    """

    __tablename__ = "bean_transfer"
    __table_args__ = (
        UniqueConstraint("subject", "reason"),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_bean_transfer_source_id", "source", "id"),
        Index("ix_bean_transfer_target_id", "target", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    source: Mapped[str] = mapped_column(Key(24))
    target: Mapped[str] = mapped_column(Key(24))
    amount: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Key(12), server_default=text("''"))
    subject: Mapped[str] = mapped_column(Key(60))
    reason: Mapped[str] = mapped_column(Key(60))


class BeanBalance(PlainBase):
    """What a member has: the fold of their transfers, kept so that the database itself can refuse to go below zero."""

    __tablename__ = "bean_balance"
    __table_args__ = (CheckConstraint("balance >= 0", name="balance_not_negative"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, autoincrement=False)
    balance: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))


class BeanDebt(PlainBase):
    """What a member owes to an account, taken from what they get next."""

    __tablename__ = "bean_debt"
    __table_args__ = (
        CheckConstraint("paid >= 0 AND paid <= amount", name="paid_in_bounds"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    debtor_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    creditor: Mapped[str] = mapped_column(Key(24))
    amount: Mapped[int] = mapped_column(Integer)
    paid: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    subject: Mapped[str] = mapped_column(Key(60), unique=True)
