"""Read the ledger: check its invariants, write a statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.db.row_mapper import RowMapper
from app.db.sql_helper import QueryCursor, SqlHelper, one_of
from app.domain.beans import BEAN, COVER, ESCROW, MINT, WELCOME, EntryKind, account_of
from app.domain.drift import OPEN_STATES, DriftState
from app.domain.exchange_policy import Policy
from app.domain.gift import GiftState
from app.domain.mint_audit import MintAudit
from app.queries.member import MATES
from app.queries.mint_records import read_start_of_marks, walk_mint_records

_OPEN = one_of(OPEN_STATES)
_HELD = (EntryKind.ESCROW, EntryKind.REFUND, EntryKind.PAYOUT)
#: Each: what is broken, and a statement that gives a row of words for every breach.
_CHECKS: tuple[tuple[str, str], ...] = (
    (
        "a balance is not the sum of its transfers",
        (
            "SELECT f.account, f.folded, f.balance FROM (SELECT b.account, b.balance, "
            "COALESCE((SELECT SUM(t.amount) FROM bean_transfer t WHERE t.target = b.account), 0) - "
            "COALESCE((SELECT SUM(t.amount) FROM bean_transfer t WHERE t.source = b.account), 0) AS folded "
            "FROM (SELECT CONCAT('member:', user_id) AS account, balance FROM bean_balance) b) f WHERE f.folded <> f.balance"
        ),
    ),
    (
        "a transfer moves the beans of an account without a balance",
        (
            "SELECT t.id, t.account FROM (SELECT id, target AS account FROM bean_transfer WHERE target LIKE 'member:%' "
            "UNION ALL SELECT id, source FROM bean_transfer WHERE source LIKE 'member:%') t "
            "LEFT JOIN bean_balance b ON b.user_id = CAST(SUBSTR(t.account, 8) AS INTEGER) "
            "WHERE b.user_id IS NULL OR CONCAT('member:', b.user_id) <> t.account"
        ),
    ),
    ("a member is below zero", "SELECT user_id, balance FROM bean_balance WHERE balance < 0"),
    (
        "a transfer is of no kind that the rules know",
        f"SELECT id, kind FROM bean_transfer WHERE kind NOT IN {one_of(EntryKind)}",
    ),
    ("a transfer moves nothing", "SELECT id, amount FROM bean_transfer WHERE amount <= 0 OR source = target"),
    (
        "escrow does not hold one bean for each open drift",
        (
            "SELECT held.amount, owed.amount FROM (SELECT "
            f"COALESCE(SUM(CASE WHEN target = '{ESCROW}' THEN amount ELSE -amount END), 0) AS amount FROM bean_transfer "
            f"WHERE target = '{ESCROW}' OR source = '{ESCROW}') held, "
            f"(SELECT {BEAN} * COUNT(*) AS amount FROM drift WHERE state IN {_OPEN}) owed "
            "WHERE held.amount <> owed.amount"
        ),
    ),
    (
        "a drift did not enter escrow once and leave it once",
        (
            "SELECT c.id, c.state, c.times FROM (SELECT d.id, d.state, (SELECT COUNT(*) FROM bean_transfer t "
            f"WHERE t.subject = CONCAT('drift:', d.id) AND t.kind IN {one_of(_HELD)}) AS times FROM drift d) c "
            f"WHERE c.times <> CASE WHEN c.state IN {_OPEN} THEN 1 ELSE 2 END"
        ),
    ),
    (
        "an open drift and its gift's one place do not agree",
        f"SELECT id, state FROM drift WHERE (state IN {_OPEN}) <> (open_gift_id IS NOT NULL)",
    ),
    (
        "a reserved gift has no waiting drift, or a waiting drift no reserved gift",
        (
            "SELECT g.id, g.state FROM gift g "
            f"LEFT JOIN drift d ON d.open_gift_id = g.id AND d.state = '{DriftState.WAITING}' "
            f"WHERE (g.state = '{GiftState.RESERVED}') <> (d.id IS NOT NULL)"
        ),
    ),
    (
        "the mint paid for something the rules do not know",
        (
            f"SELECT id, subject, reason FROM bean_transfer WHERE source = '{MINT}' AND (target NOT LIKE 'member:%' "
            f"OR NOT (kind = '{EntryKind.BONUS}' AND subject LIKE 'gift:%') "
            f"AND NOT (kind = '{EntryKind.WELCOME}' AND subject = '{WELCOME}'))"
        ),
    ),
    (
        "cover paid for a drift that the rules do not cover",
        (
            "SELECT t.id, t.subject FROM bean_transfer t LEFT JOIN drift d ON d.id = CAST(SUBSTR(t.subject, 7) AS INTEGER) "
            "AND CONCAT('drift:', d.id) = t.subject AND d.covered = 1 "
            f"WHERE t.source = '{COVER}' AND (d.id IS NULL OR t.kind <> '{EntryKind.COVER}')"
        ),
    ),
    (
        "a debt is settled by another amount than it says",
        (
            "SELECT b.id, b.paid, COALESCE(SUM(t.amount), 0) FROM bean_debt b "
            "JOIN user debtor ON debtor.id = b.debtor_id AND debtor.status IN (0, 1) "
            "JOIN user payer ON payer.person_id = debtor.person_id AND payer.status IN (0, 1) "
            "LEFT JOIN bean_transfer t ON t.subject = CONCAT('debt:', b.id) AND t.source = CONCAT('member:', payer.id) "
            f"AND t.kind = '{EntryKind.DEBT}' "
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
class LedgerEntryRow:
    """A line of a member's statement: `amount` in tenths, above zero for what came in, and the balance after it.

    `title` is the book's, where the entry has to do with one.
    """

    id: int
    time: int
    amount: int
    balance: int
    kind: EntryKind
    subject: str
    reason: str
    title: str


#: The balance after an entry is today's, less what came since. A subject's number leads to its drift or gift by key.
_NUMBER = "CASE WHEN p.subject LIKE '{kind}:%' THEN CAST(SUBSTR(p.subject, {start}) AS INTEGER) END"
_ENTRY = RowMapper(
    LedgerEntryRow,
    "p",
    time="p.create_time",
    balance="b.balance - p.since + p.amount",
    title="COALESCE(d.title, gb.title, '')",
)
_STATEMENT = (
    f"SELECT {_ENTRY.columns} FROM ("
    "SELECT e.*, SUM(e.amount) OVER (ORDER BY e.id DESC) AS since FROM ("
    "SELECT id, create_time, -amount AS amount, kind, subject, reason FROM ("
    "SELECT * FROM bean_transfer WHERE source = :account ORDER BY id DESC LIMIT :reach) spent UNION ALL "
    "SELECT id, create_time, amount, kind, subject, reason FROM ("
    "SELECT * FROM bean_transfer WHERE target = :account ORDER BY id DESC LIMIT :reach) earned"
    ") e ORDER BY e.id DESC LIMIT :limit OFFSET :offset) p "
    "JOIN bean_balance b ON b.user_id = :id "
    f"LEFT JOIN drift d ON d.id = {_NUMBER.format(kind='drift', start=7)} AND (d.requester_id = :id OR d.giver_id = :id) "
    f"LEFT JOIN gift g ON g.id = {_NUMBER.format(kind='gift', start=6)} AND g.user_id = :id "
    "LEFT JOIN book gb ON gb.isbn13 = g.isbn13 ORDER BY p.id DESC"
)


class LedgerQueries:
    """Look into the ledger."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_breaches(self, policy: Policy) -> Iterator[Breach]:
        """Return each broken invariant, from one snapshot; nothing when all hold."""
        with self._sql as cursor:
            for what, statement in _CHECKS:
                if self._sql.dialect == "sqlite":
                    statement = _without_concat(statement)  # noqa: PLW2901 - the same question in the other dialect
                for row in cursor.execute(statement).fetchall():
                    yield Breach(what, row)
            yield from _audit_the_mint(cursor, policy)

    def get_balance(self, member_id: int) -> int:
        """Return what a member has, in tenths."""
        return int(self._sql.fetchvalue("SELECT balance FROM bean_balance WHERE user_id = :id", {"id": member_id}) or 0)

    def get_owed(self, member_id: int) -> int:
        """Return what a member's person owes, in tenths."""
        owed = f"SELECT COALESCE(SUM(b.amount - b.paid), 0) FROM {MATES} JOIN bean_debt b ON b.debtor_id = mate.id"
        return int(self._sql.fetchvalue(owed, {"member": member_id}))

    def count_entries(self, member_id: int) -> int:
        """Count the entries of a member's account."""
        counted = (
            "SELECT (SELECT COUNT(*) FROM bean_transfer WHERE source = :account) + "
            "(SELECT COUNT(*) FROM bean_transfer WHERE target = :account)"
        )
        return int(self._sql.fetchvalue(counted, {"account": account_of(member_id)}))

    def list_entries(self, member_id: int, *, limit: int, offset: int = 0) -> tuple[LedgerEntryRow, ...]:
        """Return entries of a member's account, the newest first; one statement."""
        rows = self._sql.fetchall(
            _STATEMENT,
            {
                "account": account_of(member_id),
                "id": member_id,
                "limit": limit,
                "offset": offset,
                "reach": limit + offset,
            },
        )
        return _ENTRY.read_all(rows)


def _audit_the_mint(cursor: QueryCursor, policy: Policy) -> Iterator[Breach]:
    """Count what the mint paid against what the rules allow, and who is whose person, independently of what pays."""
    since = read_start_of_marks(cursor)
    for records in walk_mint_records(cursor):
        audit = MintAudit(policy, since)
        for payment in audit.run(records.events):
            yield Breach(
                "the mint paid more than the rules allow", (payment.id, account_of(payment.account), payment.subject)
            )
        for account, person in records.persons:
            if person != audit.find_first_account(account):
                yield Breach("an account is taken for another person than its marks say", (account, person))


def _without_concat(statement: str) -> str:
    """Write ``CONCAT('x:', y)`` as SQLite of every version knows it."""
    head, *rest = statement.split("CONCAT(")
    for part in rest:
        inside, _, after = part.partition(")")
        head += "(" + inside.replace(", ", " || ", 1) + ")" + after
    return head
