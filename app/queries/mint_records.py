"""Read what `app.domain.mint_audit` replays: confirmed mailboxes, pressed receipts, and payments of the mint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.db.sql_helper import QueryCursor, in_list
from app.domain.beans import MINT, WELCOME, account_of, member_of
from app.domain.drift import DriftState
from app.domain.mint_audit import Joined, Minted, Receipt

#: So many accounts are read at a time, and those that are one person with one of them.
_ACCOUNTS = 500


@dataclass(frozen=True, slots=True)
class MintRecords:
    """What happened to some accounts: all there is of each of them, and of those who share a mailbox with one.

    :param persons: each account and the person that the site takes it for.
    """

    persons: Sequence[tuple[int, int | None]]
    events: Sequence[Joined | Receipt | Minted]


def walk_mint_records(cursor: QueryCursor) -> Iterator[MintRecords]:
    """Read the records of one snapshot, some accounts at a time: those who share no mailbox have nothing to do with each other."""
    kin = _read_kin(cursor)
    after = 0
    while accounts := _read_accounts(cursor, after):
        after = accounts[-1]
        mates = {mate for account in accounts for mate in kin.get(account, (account,))}
        together = sorted(mate for mate in mates if accounts[0] <= min(kin.get(mate, (mate,))) <= after)
        if together:
            yield MintRecords(_read_persons(cursor, together), list(_read_events(cursor, together)))


def read_start_of_marks(cursor: QueryCursor) -> int | None:
    """Read since when the site counts by person: when it made the secret of its marks."""
    since: int | None = cursor.execute("SELECT create_time FROM site_secret WHERE id = 1").fetchvalue()
    return since


def _read_kin(cursor: QueryCursor) -> dict[int, set[int]]:
    """Read which accounts belong together; an account that shares no mailbox is not among them."""
    shared = "SELECT mark_id FROM member_mark GROUP BY mark_id HAVING COUNT(*) > 1"
    kin: dict[int, set[int]] = {}
    owners: dict[int, int] = {}
    statement = f"SELECT m.mark_id, m.member_id FROM ({shared}) s JOIN member_mark m ON m.mark_id = s.mark_id"
    for mark, account in cursor.execute(statement).fetchall():
        one = kin.setdefault(account, {account})
        other = kin[owners.setdefault(mark, account)]
        if one is not other:
            larger, smaller = sorted((one, other), key=len, reverse=True)
            larger |= smaller
            kin |= dict.fromkeys(smaller, larger)
    return kin


def _read_accounts(cursor: QueryCursor, after: int) -> list[int]:
    statement = f"SELECT id FROM user WHERE id > :after AND status IN (0, 1) ORDER BY id LIMIT {_ACCOUNTS}"
    return cursor.execute(statement, {"after": after}).fetchcolumn()


def _read_persons(cursor: QueryCursor, accounts: Sequence[int]) -> list[tuple[int, int | None]]:
    ids, params = in_list("account", accounts)
    return cursor.execute(f"SELECT id, person_id FROM user WHERE id IN ({ids}) AND status IN (0, 1)", params).fetchall()


def _read_events(cursor: QueryCursor, accounts: Sequence[int]) -> Iterator[Joined | Receipt | Minted]:
    ids, params = in_list("account", accounts)
    joined = f"SELECT create_time, member_id, mark_id FROM member_mark WHERE member_id IN ({ids})"
    for time, account, mark in cursor.execute(joined, params).fetchall():
        yield Joined(time, account, mark)
    receipts = (
        f"SELECT MIN(ended_at), giver_id, requester_id FROM drift WHERE giver_id IN ({ids}) "
        f"AND state = '{DriftState.RECEIVED}' AND confirmed_by_reader = 1 GROUP BY giver_id, requester_id"
    )
    for time, giver, requester in cursor.execute(receipts, params).fetchall():
        yield Receipt(time, giver, requester)
    names, params = in_list("name", list(map(account_of, accounts)))
    payments = (  # by what was paid for, not by the kind that the payer wrote down
        f"SELECT create_time, id, source, target, subject FROM bean_transfer WHERE target IN ({names}) "
        f"AND (subject = '{WELCOME}' OR subject LIKE 'gift:%') UNION ALL "
        f"SELECT create_time, id, source, target, subject FROM bean_transfer WHERE source IN ({names}) AND subject LIKE 'gift:%'"
    )
    for time, number, source, target, subject in cursor.execute(payments, params).fetchall():
        if source == MINT:  # compared here: the database would rather look through all that the mint ever paid
            yield Minted(time, number, member_of(target) or 0, subject, back=False)
        elif target == MINT:
            yield Minted(time, number, member_of(source) or 0, subject, back=True)
