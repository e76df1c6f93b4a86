"""What each entry of the ledger is for, in a column of its own; and a plainer name for who said that a book arrived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

#: An ended drift's bean went back if it went to its requester. What came for somebody who had left ends with ", left".
_KINDS = """
UPDATE bean_transfer SET kind = CASE
    WHEN source = 'mint' AND subject = 'welcome' THEN 'welcome'
    WHEN source = 'mint' THEN 'bonus'
    WHEN target = 'mint' AND reason LIKE 'bonus % back' THEN 'bonus_back'
    WHEN target = 'mint' THEN 'sweep'
    WHEN reason = 'escrow in' THEN 'escrow'
    WHEN reason = 'escrow out' AND EXISTS (
        SELECT 1 FROM drift d WHERE d.id = CAST(SUBSTR(subject, 7) AS INTEGER)
        AND d.requester_id = CAST(SUBSTR(target, 8) AS INTEGER)
    ) THEN 'refund'
    WHEN reason = 'escrow out' THEN 'payout'
    WHEN source = 'cover' THEN 'cover'
    ELSE 'debt'
END
"""


def upgrade() -> None:
    op.add_column("bean_transfer", sa.Column("kind", Key(12), nullable=False, server_default=sa.text("''")))
    op.execute(_KINDS)
    op.execute("ALTER TABLE drift RENAME COLUMN pressed TO confirmed_by_reader")


def downgrade() -> None:
    op.execute("ALTER TABLE drift RENAME COLUMN confirmed_by_reader TO pressed")
    op.drop_column("bean_transfer", "kind")
