"""The ledger: enter transfers, keep balances, settle debts; always inside the caller's transaction."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, update

from app.db.database import rows_touched
from app.domain.beans import (
    MINT,
    PRICE,
    Debt,
    EntryKind,
    NotEnoughBeans,
    Transfer,
    account_of,
    member_of,
    settlements,
    shown,
)
from app.domain.exchange_policy import Policy
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.models.bean import BeanBalance, BeanDebt, BeanTransfer
from app.models.user import User, accounts_of_person
from app.services.unit_of_work import RaceLostError, insert_once


class EnteredTwiceError(RuntimeError):
    """A cause came to the ledger a second time where the rules allow one: a mistake in the program; nothing is saved."""


class Ledger:
    """Moves beans. What a member gets goes on to their person's creditors; what a member gets who has left goes to the mint."""

    def __init__(self, clock: Clock, policy: Policy) -> None:
        self._clock = clock
        self._policy = policy

    def lock(self, member_id: int) -> int:
        """Hold a member's balance until the transaction ends, so that their use cases come one after the other; give it."""
        insert_once(BeanBalance, user_id=member_id, create_time=self._now())
        held = select(BeanBalance.balance).where(BeanBalance.user_id == member_id).with_for_update()
        return db.session.execute(held).scalar_one()

    def lock_person(self, member_id: int) -> None:
        """Hold a member's balance and all that the accounts of one person share."""
        self.lock_persons(User.id == member_id)
        self.lock(member_id)

    def lock_persons(self, *which: ColumnElement[bool]) -> list[int]:
        """Hold what the accounts of each person share, by the balance of their oldest account; return those accounts' ids.

        :param which: says which accounts' persons.
        :raises RaceLostError: when one of the accounts became another person's meanwhile.
        """
        persons = _list_persons(*which)
        for person_id in persons:
            self.lock(person_id)
        if _list_persons(*which) != persons:
            raise RaceLostError
        return persons

    def enter(self, transfer: Transfer) -> None:
        """Enter a transfer whose cause must be new.

        :raises NotEnoughBeans: when a member's balance does not cover it.
        :raises EnteredTwiceError: when the cause was entered before.
        """
        if not self.enter_once(transfer):
            raise EnteredTwiceError(f"{transfer.subject} / {transfer.reason}")

    def enter_once(self, transfer: Transfer) -> bool:
        """Enter a transfer unless its cause was entered before, and tell whether it was entered now.

        :raises NotEnoughBeans: when a member's balance does not cover it.
        """
        entered = insert_once(
            BeanTransfer,
            source=transfer.source,
            target=transfer.target,
            amount=transfer.amount,
            kind=transfer.kind.value,
            subject=transfer.subject,
            reason=transfer.reason,
            create_time=self._now(),
        )
        if entered:
            self._take(transfer)
            self._give(transfer)
        return entered

    def owe(self, debtor_id: int, creditor: str, subject: str) -> None:
        """Write down that a member owes one bean, and settle what their balance allows at once."""
        db.session.add(
            BeanDebt(debtor_id=debtor_id, creditor=creditor, amount=PRICE, subject=subject, create_time=self._now())
        )
        self._settle(debtor_id)

    def sweep(self, member_id: int, *, subject: str, reason: str) -> None:
        """Move a member's whole balance back to the mint."""
        balance = self.lock(member_id)
        if balance:
            self.enter(Transfer(account_of(member_id), MINT, balance, EntryKind.SWEEP, subject, reason))

    def _take(self, transfer: Transfer) -> None:
        member_id = member_of(transfer.source)
        if member_id is None:
            return
        taken = db.session.execute(
            update(BeanBalance)
            .where(BeanBalance.user_id == member_id, BeanBalance.balance >= transfer.amount)
            .values(balance=BeanBalance.balance - transfer.amount)
        )
        if not rows_touched(taken):
            balance = self.lock(member_id)
            raise NotEnoughBeans(
                short=shown(transfer.amount - balance), balance=shown(balance), bonus=shown(self._policy.bonus)
            )

    def _give(self, transfer: Transfer) -> None:
        member_id = member_of(transfer.target)
        if member_id is None:
            return
        self.lock(member_id)
        db.session.execute(
            update(BeanBalance)
            .where(BeanBalance.user_id == member_id)
            .values(balance=BeanBalance.balance + transfer.amount)
        )
        if self._has_left(member_id):
            reason = f"{transfer.reason}, left"
            self.enter(Transfer(transfer.target, MINT, transfer.amount, EntryKind.SWEEP, transfer.subject, reason))
        else:
            self._settle(member_id)

    def _settle(self, member_id: int) -> None:
        """Pay what a member's person owes, by whichever account, to anybody else."""
        rows = db.session.execute(
            select(BeanDebt)
            .where(
                BeanDebt.debtor_id.in_(accounts_of_person(member_id)),
                BeanDebt.creditor != account_of(member_id),
                BeanDebt.paid != BeanDebt.amount,
            )
            .order_by(BeanDebt.id)
            .with_for_update()
        ).scalars()
        debts = [
            Debt(id=row.id, debtor_id=row.debtor_id, creditor=row.creditor, amount=row.amount, paid=row.paid)
            for row in rows
        ]
        for debt, payment in list(settlements(member_id, self.lock(member_id), debts)) if debts else []:
            db.session.execute(
                update(BeanDebt)
                .where(BeanDebt.id == debt.id, BeanDebt.paid == debt.paid)
                .values(paid=debt.paid + payment.amount)
            )
            self.enter(payment)

    @staticmethod
    def _has_left(member_id: int) -> bool:
        is_away = User.disabled_at.is_not(None) | User.deleted_at.is_not(None)
        return User.query.with_deleted().filter(User.id == member_id, is_away).count() > 0

    def _now(self) -> int:
        return epoch(self._clock.now())


def _list_persons(*which: ColumnElement[bool]) -> list[int]:
    persons = User.query.with_deleted().filter(*which, User.person_id.is_not(None)).with_entities(User.person_id)
    return [int(row.person_id) for row in persons.distinct().order_by(User.person_id)]
