"""Count what the mint may have paid, without any of the code that pays: replay who became whose person, and when.

What happened within one second happened in the order that is kinder: first receipts and confirmations, then payments, then the
joining of accounts into one person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.domain.beans import UNPROVEN_BONUS_BOOKS, WELCOME
from app.domain.exchange_policy import Policy


@dataclass(frozen=True, slots=True)
class Joined:
    """An account confirmed a mailbox."""

    time: int
    account: int
    mark: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A requester pressed "received"."""

    time: int
    giver: int
    requester: int


@dataclass(frozen=True, slots=True)
class Minted:
    """A transfer between the mint and a member, because of a listing: a bonus, one given back, or the welcome."""

    time: int
    id: int
    account: int
    subject: str
    back: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """An address of an account became known."""

    time: int
    account: int


@dataclass(slots=True)
class _Person:
    """What some accounts had together."""

    accounts: list[int]
    paid: int = 0
    known: bool = False
    proven: bool = False
    welcomed: bool = False


@dataclass(slots=True)
class MintAudit:
    """Replays a ledger.

    :param since: when the site began to count by person, or None if nobody ever confirmed an address; before that each
        account counted alone.
    """

    policy: Policy
    since: int | None
    _persons: dict[int, _Person] = field(default_factory=dict)
    _marks: dict[int, int] = field(default_factory=dict)

    def run(self, events: Iterable[Joined | Receipt | Minted]) -> Iterator[Minted]:
        """Return each payment that the rules did not allow when it was made."""
        for event in _in_order(events):
            match event:
                case _Known():
                    self._person(event.account).known = True
                case Receipt():
                    giver = self._person(event.giver)
                    giver.proven |= giver is not self._person(event.requester)
                case Minted() if not self._allows(event):
                    yield event
                case Joined():
                    self._join(event)

    def find_first_account(self, account: int) -> int:
        """Return the oldest account of an account's person."""
        return min(self._person(account).accounts)

    def _allows(self, payment: Minted) -> bool:
        """Enter a payment, and tell whether the person might have it."""
        person = self._person(payment.account)
        counted = self.since is not None and payment.time > self.since
        deserving = person.known or person.proven or not counted
        if payment.subject == WELCOME:
            allowed = deserving and not (person.welcomed and counted)
            person.welcomed = True
            return allowed
        cap = self.policy.bonus_books if person.proven else min(UNPROVEN_BONUS_BOOKS, self.policy.bonus_books)
        person.paid += -1 if payment.back else 1
        return payment.back or (deserving and person.paid <= cap)

    def _join(self, joined: Joined) -> None:
        person = self._person(joined.account)
        other = self._person(self._marks.setdefault(joined.mark, joined.account))
        if person is other:
            return
        person.paid += other.paid
        person.proven |= other.proven
        person.welcomed |= other.welcomed
        person.accounts += other.accounts
        for account in other.accounts:
            self._persons[account] = person

    def _person(self, account: int) -> _Person:
        return self._persons.setdefault(account, _Person([account]))


def _in_order(events: Iterable[Joined | Receipt | Minted]) -> list[_Known | Receipt | Minted | Joined]:
    """Sort what happened by time; of one second, as it is listed here, and payments by their numbers."""
    joined: list[Joined] = []
    receipts: list[Receipt] = []
    payments: list[Minted] = []
    for event in events:
        match event:
            case Joined():
                joined.append(event)
            case Receipt():
                receipts.append(event)
            case Minted():
                payments.append(event)
    known = [_Known(one.time, one.account) for one in joined]
    payments.sort(key=lambda payment: payment.id)
    return sorted([*known, *receipts, *payments, *joined], key=lambda event: event.time)
