"""Persons: marks of confirmed mailboxes, tables mark, member_mark and site_secret, and column person_id of user.

Welcomes were entered in the ledger under an unkeyed hash of the address, which can be guessed at: it becomes a mark, of deleted
accounts, too, and the ledger names the mark by its number. An address counts as confirmed by mail when it was confirmed after the
account was made; invitations confirm at once.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op
from flask import current_app

from app.db.database import Key
from app.libs.encryption import Sealer
from app.libs.mail_addresses import address_digest, address_mark, canonical_address

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BATCH = 1000


def upgrade() -> None:
    op.create_table(
        "mark",
        sa.Column("id", _ID, nullable=False),
        sa.Column("mark", Key(64), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
        sa.UniqueConstraint("mark", name=op.f("uq_mark_mark")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "member_mark",
        sa.Column("mark_id", _ID, autoincrement=False, nullable=False),
        sa.Column("member_id", _ID, autoincrement=False, nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["mark_id"], ["mark.id"], name=op.f("fk_member_mark_mark_id_mark")),
        sa.ForeignKeyConstraint(["member_id"], ["user.id"], name=op.f("fk_member_mark_member_id_user")),
        sa.PrimaryKeyConstraint("mark_id", "member_id", name=op.f("pk_member_mark")),
    )
    op.create_index(op.f("ix_member_mark_member_id"), "member_mark", ["member_id"])
    op.create_table(
        "site_secret",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_secret")),
    )
    op.add_column("user", sa.Column("person_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_user_person_id"), "user", ["person_id"])
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE user SET person_id = id"))
    digests = sorted(_read_digests(connection))
    if digests:
        _store(connection, digests)


def downgrade() -> None:
    op.drop_index(op.f("ix_user_person_id"), "user")
    op.drop_column("user", "person_id")
    op.drop_table("site_secret")
    op.drop_table("member_mark")
    op.drop_table("mark")


def _read_digests(connection: sa.Connection) -> set[tuple[int, str]]:
    """Read each account with the digest of an address that was its own."""
    found = set(_read_welcomes(connection))
    welcomed = {member for member, _ in found}
    rows = connection.execute(
        sa.text(
            "SELECT id, email_key, confirmed_at > create_time FROM user WHERE status = 1 AND confirmed_at IS NOT NULL"
        )
    )
    for member, email_key, by_mail in rows:
        if by_mail or member in welcomed:
            found.add((member, address_digest(canonical_address(email_key))))
    return found


def _read_welcomes(connection: sa.Connection) -> Iterator[tuple[int, str]]:
    for account, digest in connection.execute(
        sa.text("SELECT target, reason FROM bean_transfer WHERE subject = 'welcome'")
    ):
        yield int(account.removeprefix("member:")), digest


def _store(connection: sa.Connection, digests: list[tuple[int, str]]) -> None:
    key, now = secrets.token_hex(32), int(time.time())
    sealed = Sealer(current_app.config["ADDRESS_KEYS"]).seal({"key": key})
    connection.execute(
        sa.text("INSERT INTO site_secret (id, sealed, create_time) VALUES (1, :sealed, :now)"),
        {"sealed": sealed, "now": now},
    )
    numbers = {digest: number for number, digest in enumerate(sorted({digest for _, digest in digests}), start=1)}
    marks = [
        {"id": number, "mark": address_mark(bytes.fromhex(key), digest), "now": now}
        for digest, number in numbers.items()
    ]
    _execute(connection, "INSERT INTO mark (id, mark, create_time) VALUES (:id, :mark, :now)", marks)
    links = [{"mark": numbers[digest], "member": member, "now": now} for member, digest in digests]
    _execute(
        connection, "INSERT INTO member_mark (mark_id, member_id, create_time) VALUES (:mark, :member, :now)", links
    )
    renamed = [{"digest": digest, "reason": f"mark:{number}"} for digest, number in numbers.items()]
    _execute(
        connection, "UPDATE bean_transfer SET reason = :reason WHERE subject = 'welcome' AND reason = :digest", renamed
    )
    joined = [
        {"member": member, "person": person} for member, person in _find_persons(digests).items() if member != person
    ]
    _execute(connection, "UPDATE user SET person_id = :person WHERE id = :member", joined)


def _find_persons(digests: list[tuple[int, str]]) -> dict[int, int]:
    """Return each account's person, the oldest of the accounts that are joined by addresses."""
    group: dict[int, list[int]] = {}
    holder: dict[str, int] = {}
    for member, digest in digests:
        mine = group.setdefault(member, [member])
        other = group[holder.setdefault(digest, member)]
        if mine is not other:
            mine += other
            for one in other:
                group[one] = mine
    return {member: min(members) for member, members in group.items()}


def _execute(connection: sa.Connection, statement: str, rows: list[dict[str, object]]) -> None:
    for start in range(0, len(rows), _BATCH):
        connection.execute(sa.text(statement), rows[start : start + _BATCH])
