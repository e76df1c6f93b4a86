"""Read the ledger: check its invariants, write a statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.beans import account_of
from app.domain.exchange_numbers import Numbers
from app.domain.mint_audit import MintAudit
from app.libs.sql_helper import Cursor, SqlHelper
from app.queries.mint_records import read_mint_records, read_persons, read_start_of_marks

#: Each: what is broken, and a statement that gives a row of words for every breach.
_CHECKS: tuple[tuple[str, str], ...] = (
    (
        "a balance is not the sum of its transfers",
        (
            "SELECT a.account, SUM(a.amount) AS folded, COALESCE(MAX(b.balance), 0) AS kept FROM ("
            "SELECT target AS account, amount FROM bean_transfer WHERE target LIKE 'member:%' "
            "UNION ALL SELECT source, -amount FROM bean_transfer WHERE source LIKE 'member:%') a "
            "LEFT JOIN bean_balance b ON CONCAT('member:', b.user_id) = a.account "
            "GROUP BY a.account HAVING folded <> kept"
        ),
    ),
    (
        "a balance has no transfers",
        (
            "SELECT b.user_id, b.balance FROM bean_balance b WHERE b.balance <> 0 AND NOT EXISTS "
            "(SELECT 1 FROM bean_transfer t WHERE t.target = CONCAT('member:', b.user_id))"
        ),
    ),
    ("a member is below zero", "SELECT user_id, balance FROM bean_balance WHERE balance < 0"),
    ("a transfer moves nothing", "SELECT id, amount FROM bean_transfer WHERE amount <= 0 OR source = target"),
    (
        "escrow does not hold one bean for each open drift",
        (
            "SELECT held.amount, owed.amount FROM (SELECT "
            "COALESCE(SUM(CASE WHEN target = 'escrow' THEN amount ELSE -amount END), 0) AS amount FROM bean_transfer "
            "WHERE target = 'escrow' OR source = 'escrow') held, "
            "(SELECT 10 * COUNT(*) AS amount FROM drift WHERE state IN ('waiting', 'mailed', 'disputed')) owed "
            "WHERE held.amount <> owed.amount"
        ),
    ),
    (
        "a drift did not enter escrow once and leave it once",
        (
            "SELECT d.id, d.state, COUNT(t.id) FROM drift d LEFT JOIN bean_transfer t ON t.subject = CONCAT('drift:', d.id) "
            "AND t.reason IN ('escrow in', 'escrow out') GROUP BY d.id, d.state "
            "HAVING COUNT(t.id) <> CASE WHEN d.state IN ('waiting', 'mailed', 'disputed') THEN 1 ELSE 2 END"
        ),
    ),
    (
        "an open drift and its gift's one place do not agree",
        "SELECT id, state FROM drift WHERE (state IN ('waiting', 'mailed', 'disputed')) <> (open_gift_id IS NOT NULL)",
    ),
    (
        "a reserved gift has no waiting drift, or a waiting drift no reserved gift",
        (
            "SELECT g.id, g.state FROM gift g LEFT JOIN drift d ON d.open_gift_id = g.id AND d.state = 'waiting' "
            "WHERE (g.state = 'reserved') <> (d.id IS NOT NULL)"
        ),
    ),
    (
        "the mint paid for something the rules do not know",
        (
            "SELECT id, subject, reason FROM bean_transfer WHERE source = 'mint' "
            "AND NOT (reason LIKE 'bonus %' AND subject LIKE 'gift:%') AND subject <> 'welcome'"
        ),
    ),
    (
        "cover paid for a drift that the rules do not cover",
        (
            "SELECT t.id, t.subject FROM bean_transfer t LEFT JOIN drift d ON CONCAT('drift:', d.id) = t.subject AND d.covered = 1 "
            "WHERE t.source = 'cover' AND (d.id IS NULL OR t.reason <> 'covered')"
        ),
    ),
    (
        "a debt is settled by another amount than it says",
        (
            "SELECT b.id, b.paid, COALESCE(SUM(t.amount), 0) FROM bean_debt b LEFT JOIN bean_transfer t "
            "ON t.subject = CONCAT('debt:', b.id) AND t.source = CONCAT('member:', b.debtor_id) AND t.reason NOT LIKE '%, left' "
            "GROUP BY b.id, b.paid HAVING b.paid <> COALESCE(SUM(t.amount), 0)"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken invariant: what it is, and the values that show it."""

    what: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a member's statement: `amount` in tenths, above zero for what came in, and the balance after it.

    `title` is the book's, where the entry has to do with one; `asked` tells that the member was the one who asked for it.
    """

    id: int
    time: int
    amount: int
    balance: int
    subject: str
    reason: str
    other: str
    title: str
    asked: bool


class LedgerBook:
    """Look into the ledger."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def breaches(self, numbers: Numbers) -> Iterator[Breach]:
        """Return each broken invariant, from one snapshot; nothing when all hold."""
        with self._sql as cursor:
            for what, statement in _CHECKS:
                if self._sql.dialect == "sqlite":
                    statement = _without_concat(statement)  # noqa: PLW2901 - the same question in the other dialect
                for row in cursor.execute(statement).fetchall():
                    yield Breach(what, row)
            yield from _audit_the_mint(cursor, numbers)

    def balance(self, member_id: int) -> int:
        """Give what a member has, in tenths."""
        row = self._sql.fetchone("SELECT balance FROM bean_balance WHERE user_id = :id", {"id": member_id})
        return 0 if row is None else int(row[0])

    def owed(self, member_id: int) -> int:
        """Give what a member owes, in tenths."""
        row = self._sql.fetchone(
            "SELECT COALESCE(SUM(amount - paid), 0) FROM bean_debt WHERE debtor_id = :id", {"id": member_id}
        )
        return 0 if row is None else int(row[0])

    def statement(self, member_id: int) -> tuple[Entry, ...]:
        """Give every entry of a member's account, oldest first; one statement."""
        account = account_of(member_id)
        title = "COALESCE(d.title, gb.title, '')"
        gift, drift = "CONCAT('gift:', g.id)", "CONCAT('drift:', d.id)"
        if self._sql.dialect == "sqlite":
            gift, drift = "'gift:' || g.id", "'drift:' || d.id"
        rows = self._sql.fetchall(
            f"SELECT t.id, t.create_time, t.source, t.target, t.amount, t.subject, t.reason, {title}, "
            "COALESCE(d.requester_id, 0) = :id FROM ("
            "SELECT * FROM bean_transfer WHERE source = :account UNION ALL "
            "SELECT * FROM bean_transfer WHERE target = :account) t "
            f"LEFT JOIN drift d ON (d.requester_id = :id OR d.giver_id = :id) AND {drift} = t.subject "
            f"LEFT JOIN gift g ON g.user_id = :id AND {gift} = t.subject LEFT JOIN book gb ON gb.isbn13 = g.isbn13 "
            "ORDER BY t.id",
            {"account": account, "id": member_id},
        )
        entries, balance = [], 0
        for row in rows:
            came = row[3] == account
            amount = row[4] if came else -row[4]
            balance += amount
            entries.append(
                Entry(
                    id=row[0],
                    time=row[1],
                    amount=amount,
                    balance=balance,
                    subject=row[5],
                    reason=row[6],
                    other=row[2] if came else row[3],
                    title=row[7],
                    asked=bool(row[8]),
                )
            )
        return tuple(entries)


def _audit_the_mint(cursor: Cursor, numbers: Numbers) -> Iterator[Breach]:
    """Count what the mint paid against what the rules allow, and who is whose person, independently of what pays."""
    audit = MintAudit(numbers, since=read_start_of_marks(cursor))
    for payment in audit.run(read_mint_records(cursor)):
        yield Breach(
            "the mint paid more than the rules allow", (payment.id, account_of(payment.account), payment.subject)
        )
    for account, person in read_persons(cursor):
        if person != audit.find_first_account(account):
            yield Breach("an account is taken for another person than its marks say", (account, person))


def _without_concat(statement: str) -> str:
    """Write ``CONCAT('x:', y)`` as SQLite of every version knows it."""
    head, *rest = statement.split("CONCAT(")
    for part in rest:
        inside, _, after = part.partition(")")
        head += "(" + inside.replace(", ", " || ", 1) + ")" + after
    return head
