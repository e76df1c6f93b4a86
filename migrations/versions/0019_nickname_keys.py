"""Nicknames are compared by what they look like: column nickname_key of user is filled again.

Of two members whose names look the same the older one keeps the key, and the newer one's has its number behind a space: both keep their
names and log in as before, and nobody new gets a name like theirs.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from app.db.database import Key
from app.domain.account import fold_key
from app.domain.nickname import nickname_key

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_USER = sa.table(
    "user",
    sa.column("id", sa.BigInteger),
    sa.column("nickname", sa.String),
    sa.column("nickname_key", Key(80)),
)


def upgrade() -> None:
    _fill(nickname_key)


def downgrade() -> None:
    _fill(fold_key)


def _fill(key_of: Callable[[str], str]) -> None:
    """Store for each member the key of their nickname; keys that begin with a space belong to no nickname and stay."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(_USER.c.id, _USER.c.nickname, _USER.c.nickname_key).order_by(_USER.c.id)).all()
    taken = {row.nickname_key for row in rows if row.nickname_key.startswith(" ")}
    changed = {}
    for row in rows:
        if row.nickname_key.startswith(" "):
            continue
        key = key_of(row.nickname)[:80]
        if key in taken:
            key = f"{key[:60]} {row.id}"
        taken.add(key)
        if key != row.nickname_key:
            changed[row.id] = key
    # By way of keys that nobody has: what one member gets may be what another still holds.
    for keys in ({number: f" moving {number}" for number in changed}, changed):
        for number, key in keys.items():
            connection.execute(sa.update(_USER).where(_USER.c.id == number).values(nickname_key=key))
