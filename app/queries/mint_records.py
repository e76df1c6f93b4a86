"""Read what `app.domain.mint_audit` replays: confirmed mailboxes, pressed receipts, and payments of the mint."""

from __future__ import annotations

from collections.abc import Iterator

from app.db.sql_helper import QueryCursor
from app.domain.beans import MINT, WELCOME, member_of
from app.domain.drift import DriftState
from app.domain.mint_audit import Joined, Minted, Receipt


def read_mint_records(cursor: QueryCursor) -> Iterator[Joined | Receipt | Minted]:
    """Read the records of one snapshot."""
    for time, account, mark in cursor.execute("SELECT create_time, member_id, mark_id FROM member_mark"):
        yield Joined(time, account, mark)
    receipts = (
        f"SELECT MIN(ended_at), giver_id, requester_id FROM drift WHERE state = '{DriftState.RECEIVED}' AND confirmed_by_reader = 1 "
        "GROUP BY giver_id, requester_id"
    )
    for time, giver, requester in cursor.execute(receipts):
        yield Receipt(time, giver, requester)
    payments = (  # by what was paid for, not by the kind that the payer wrote down
        f"SELECT create_time, id, target AS account, subject, 0 FROM bean_transfer WHERE source = '{MINT}' "
        f"AND (subject = '{WELCOME}' OR subject LIKE 'gift:%') UNION ALL "
        f"SELECT create_time, id, source, subject, 1 FROM bean_transfer WHERE target = '{MINT}' AND subject LIKE 'gift:%'"
    )
    for time, number, account, subject, back in cursor.execute(payments):
        yield Minted(time, number, member_of(account) or 0, subject, back=bool(back))


def read_start_of_marks(cursor: QueryCursor) -> int | None:
    """Read since when the site counts by person: when it made the secret of its marks."""
    since: int | None = cursor.execute("SELECT create_time FROM site_secret WHERE id = 1").fetchvalue()
    return since


def read_persons(cursor: QueryCursor) -> Iterator[tuple[int, int | None]]:
    """Read each account and the person that the site takes it for."""
    return iter(cursor.execute("SELECT id, person_id FROM user WHERE status IN (0, 1)").fetchall())
