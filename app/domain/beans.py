"""Beans: amounts in tenths, accounts, transfers, what is paid when, and who may ask by the ratio.

A transfer moves an amount from one account to another, so the books sum to zero by construction. `subject` and `reason`
together name its cause; the ledger takes one transfer per cause. `EntryKind` says what it is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.domain.errors import Refusal
from app.domain.exchange_policy import Policy

BEAN = 10  # tenths
PRICE = BEAN

ESCROW = "escrow"
MINT = "mint"
COVER = "cover"
#: The subject of the welcome in the ledger.
WELCOME = "welcome"

#: How many listings pay a bonus before the first of the person's books was received.
UNPROVEN_BONUS_BOOKS = 4
#: Each third reader whose receipt counts lets `cover` pay one more loss.
RECEIPTS_PER_COVER = 3
FREE_COVERS = 1


class EntryKind(StrEnum):
    """What a transfer is for."""

    WELCOME = "welcome"
    BONUS = "bonus"
    BONUS_BACK = "bonus_back"
    ESCROW = "escrow"
    REFUND = "refund"
    PAYOUT = "payout"
    COVER = "cover"
    DEBT = "debt"
    SWEEP = "sweep"


class NotEnoughBeans(Refusal):
    """The member has less than the price of a request."""

    zh = "还差 {short} 个鱼豆。请求一本书要用 1 个，你现在有 {balance} 个。放上一本愿意送的书，能得 {bonus} 个；书到了别人手里，再得 1 个。"
    en = (
        "You are {short} short of the bean that asking for a book takes; you have {balance}. "
        "List a book you would like to give and get {bonus}; when it reaches its reader you get 1 more."
    )


class RatioTooLow(Refusal):
    """The member has received two books for each one sent, and more."""

    zh = "先送出一本，再请下一本吧。你收到和正在请求的有 {received} 本，送出 {sent} 本；在鱼书，每收到两本就送出一本，书才转得起来。"
    en = (
        "Give one before the next one, please. You have received or asked for {received} and given {sent}. "
        "Here, everyone gives one book for every two received; that keeps the books moving."
    )


@dataclass(frozen=True, slots=True)
class Transfer:
    """`amount` tenths from `source` to `target`, because of `reason` in the matter of `subject`."""

    source: str
    target: str
    amount: int
    kind: EntryKind
    subject: str
    reason: str

    def __post_init__(self) -> None:
        if self.amount <= 0 or self.source == self.target:
            raise ValueError("a transfer moves a positive amount between two accounts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """What a member's person owes to an account: `amount` tenths, of which `paid` are settled."""

    id: int
    debtor_id: int
    creditor: str
    amount: int
    paid: int

    @property
    def left(self) -> int:
        """How many tenths are still owed."""
        return self.amount - self.paid


@dataclass(frozen=True, slots=True, kw_only=True)
class Listings:
    """What a person's listings were paid so far, over all their accounts.

    `paid`: bonuses kept. `proven`: whether somebody received a book of theirs. `known`: whether an address of theirs is
    confirmed. `welcomed`: whether they had the welcome.
    """

    paid: int
    proven: bool
    known: bool
    welcomed: bool

    @property
    def deserving(self) -> bool:
        """Whether listings pay at all: who came by a code, which tells nothing of who they are, gives a book first."""
        return self.known or self.proven


def account_of(member_id: int) -> str:
    """Name a member's account."""
    return f"member:{member_id}"


def member_of(account: str) -> int | None:
    """Return the member whose account it is, or None for the site's own accounts."""
    kind, _, number = account.partition(":")
    return int(number) if kind == "member" else None


def shown(tenths: int) -> str:
    """Write an amount as people read it.

    >>> shown(15), shown(10), shown(-5)
    ('1.5', '1', '-0.5')
    """
    whole, tenth = divmod(abs(tenths), BEAN)
    text = f"{whole}.{tenth}" if tenth else str(whole)
    return f"-{text}" if tenths < 0 else text


def plural(tenths: int) -> int:
    """Return the whole number whose grammar an amount follows: "1 bean", but "0.5 beans" and "1.5 beans".

    >>> plural(0), plural(10), plural(5), plural(15), plural(20)
    (0, 1, 2, 2, 2)
    """
    whole, tenth = divmod(tenths, BEAN)
    return max(whole, 2) if tenth else whole


def bonus_of(listings: Listings, policy: Policy) -> int:
    """Return what the next listing pays, in tenths; 0 when the cap is reached.

    Ten books of a life, four before the first receipt: simulated with 400 members over two years, this carries newcomers
    to a first book while twenty false accounts take 100 books instead of 395.
    """
    cap = policy.bonus_books if listings.proven else min(UNPROVEN_BONUS_BOOKS, policy.bonus_books)
    return policy.bonus if listings.deserving and listings.paid < cap else 0


def welcome_of(listings: Listings, policy: Policy) -> int:
    """Return what the first listing pays besides, in tenths: once per person."""
    return policy.bonus if listings.deserving and not listings.welcomed else 0


def ensure_enough(balance: int, policy: Policy) -> None:
    """Check that the balance covers a request.

    :raises NotEnoughBeans: when it does not.
    """
    if balance < PRICE:
        raise NotEnoughBeans(short=shown(PRICE - balance), balance=shown(balance), bonus=shown(policy.bonus))


def ensure_ratio(*, received: int, sent: int) -> None:
    """Check that one book was sent for every two received.

    :param received: drifts that the member received, claimed lost, or has open as requester.
    :param sent: drifts of the member's own books that were received.
    :raises RatioTooLow: when it is not so.
    """
    if received // 2 > sent:
        raise RatioTooLow(received=received, sent=sent)


def witnesses_needed(covered: int) -> int:
    """Return how many readers a giver needs for one more covered loss, after `covered` of them: none, then three for each."""
    return (covered + 1 - FREE_COVERS) * RECEIPTS_PER_COVER


def may_cover(*, covered: int, witnesses: int, both_ways: bool) -> bool:
    """Decide whether `cover` pays a giver whose parcel got lost.

    :param covered: losses of the giver that `cover` paid before; the first one it pays in any case.
    :param witnesses: readers whose receipts count for the giver, see `app.domain.circle`.
    :param both_ways: the two have drifts in both directions, so that they could split the gain.
    """
    return covered < FREE_COVERS or (not both_ways and witnesses >= witnesses_needed(covered))


def settlements(payer_id: int, balance: int, debts: Iterable[Debt]) -> Iterator[tuple[Debt, Transfer]]:
    """Pay a person's debts in the order given from one of their accounts, as far as its balance goes.

    A partly paid one is settled further later.
    """
    for debt in debts:
        amount = min(balance, debt.left)
        if amount > 0:
            balance -= amount
            payer, subject = account_of(payer_id), f"debt:{debt.id}"
            yield debt, Transfer(payer, debt.creditor, amount, EntryKind.DEBT, subject, f"from {debt.paid}")
