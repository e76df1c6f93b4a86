"""Wishes for any edition: gifts and wishes name their work. Wishes of before stay those of one edition; their owners are asked once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

#: Rows of one statement, so that no transaction of a cluster gets too large.
_SLICE = 10_000
_PLACE = "ix_open_listing_place"
_OLD_PLACE = "ix_open_listing_isbn13"


def upgrade() -> None:
    op.add_column("gift", _work())
    op.add_column("wish", _work())
    op.add_column("wish", sa.Column("scope", Key(10), server_default=sa.text("'edition'"), nullable=False))
    op.add_column("wish", sa.Column("joined_to", sa.BigInteger(), nullable=True))
    for table in ("gift", "wish"):
        _fill(table)
    op.create_index("ix_gift_work_id_state_user_id", "gift", ["work_id", "state", "user_id"])
    op.create_index("ix_wish_work_id_state_scope", "wish", ["work_id", "state", "scope"])
    op.create_index(op.f("ix_wish_joined_to"), "wish", ["joined_to"])
    _place_by("user_id, isbn13, work_id", add=True)
    op.create_index(_PLACE, "open_listing", ["isbn13", "work_id", "kind", "listing_id"])
    op.drop_index(_OLD_PLACE, "open_listing")
    op.execute(
        "INSERT INTO notice (user_id, kind, create_time) SELECT user_id, 'wishes_may_widen', MAX(create_time) FROM wish "
        "WHERE state = 'open' GROUP BY user_id"
    )


def downgrade() -> None:
    """Take away what an older version does not know: wishes for any edition become wishes for their own."""
    op.execute("DELETE FROM notice WHERE kind = 'wishes_may_widen'")
    op.execute("DELETE FROM open_listing WHERE isbn13 = ''")
    op.execute("UPDATE wish SET state = 'open' WHERE state = 'joined'")
    op.execute(
        "INSERT INTO open_listing (user_id, isbn13, kind, listing_id, create_time) "
        "SELECT user_id, isbn13, 'wish', MIN(id), MIN(create_time) FROM wish w WHERE state = 'open' AND NOT EXISTS "
        "(SELECT 1 FROM open_listing o WHERE o.user_id = w.user_id AND o.isbn13 = w.isbn13) GROUP BY user_id, isbn13"
    )
    op.execute(
        "UPDATE wish SET state = 'withdrawn' WHERE state = 'open' AND NOT EXISTS "
        "(SELECT 1 FROM open_listing o WHERE o.user_id = wish.user_id AND o.kind = 'wish' AND o.listing_id = wish.id)"
    )
    op.create_index(_OLD_PLACE, "open_listing", ["isbn13"])
    op.drop_index(_PLACE, "open_listing")
    _place_by("user_id, isbn13", add=False)
    op.drop_index(op.f("ix_wish_joined_to"), "wish")
    op.drop_index("ix_wish_work_id_state_scope", "wish")
    op.drop_index("ix_gift_work_id_state_user_id", "gift")
    for table, column in (("wish", "joined_to"), ("wish", "scope"), ("wish", "work_id"), ("gift", "work_id")):
        op.drop_column(table, column)


def _work() -> sa.Column[int]:
    return sa.Column("work_id", sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def _fill(table: str) -> None:
    """Write the works of books into their gifts or wishes; of books without one the worker does it."""
    bind = op.get_bind()
    last = bind.execute(sa.text(f"SELECT COALESCE(MAX(id), 0) FROM {table}")).scalar_one()
    for first in range(0, last, _SLICE):
        bind.execute(
            sa.text(
                f"UPDATE {table} SET work_id = (SELECT b.work_id FROM book b WHERE b.isbn13 = {table}.isbn13) "
                "WHERE id > :first AND id <= :last AND EXISTS (SELECT 1 FROM book b "
                f"WHERE b.isbn13 = {table}.isbn13 AND b.work_id <> 0)"
            ),
            {"first": first, "last": first + _SLICE},
        )


def _place_by(key: str, *, add: bool) -> None:
    """Replace the primary key of the listings: on MariaDB in one statement, for the foreign key needs one at any time."""
    if op.get_bind().dialect.name == "mysql":
        column = "ADD COLUMN work_id BIGINT NOT NULL DEFAULT 0 AFTER isbn13" if add else "DROP COLUMN work_id"
        op.execute(f"ALTER TABLE open_listing {column}, DROP PRIMARY KEY, ADD PRIMARY KEY ({key})")
        return
    with op.batch_alter_table("open_listing", recreate="always") as batch:
        if add:
            batch.add_column(_work(), insert_after="isbn13")
        batch.drop_constraint("pk_open_listing", type_="primary")
        if not add:
            batch.drop_column("work_id")
        batch.create_primary_key("pk_open_listing", key.split(", "))
