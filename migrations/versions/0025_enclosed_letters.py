"""Enclosed letters in nicknames are the letters themselves: nickname_key of user is filled again where one stands.

Where another member holds the plain key, they keep it, and the key of the dressed name has its member's number behind a space.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key
from app.domain.characters import unenclosed
from app.domain.nickname import nickname_key

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_USER = sa.table(
    "user",
    sa.column("id", sa.BigInteger),
    sa.column("nickname", sa.String),
    sa.column("nickname_key", Key(80)),
)


def upgrade() -> None:
    connection = op.get_bind()
    held = _USER.c.nickname_key.not_like(" %")
    rows = connection.execute(sa.select(_USER.c.id, _USER.c.nickname).where(held).order_by(_USER.c.id)).all()
    for number, nickname in rows:
        if unenclosed(nickname) == nickname:
            continue
        key = nickname_key(nickname)[:80]
        is_taken = sa.select(_USER.c.id).where(_USER.c.nickname_key == key, _USER.c.id != number)
        if connection.execute(is_taken).first():
            key = f"{key[:60]} {number}"
        connection.execute(sa.update(_USER).where(_USER.c.id == number).values(nickname_key=key))


def downgrade() -> None:
    """Leave the keys: they are unique, and what was written before them can be read from the nicknames."""
