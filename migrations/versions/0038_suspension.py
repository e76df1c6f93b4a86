"""Until when a member is suspended, and until when what a moderator did holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("suspended_until", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("moderator_act", sa.Column("until", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Forget suspensions; what was paused for one waits for its giver's word, as after a silence."""
    op.execute("UPDATE gift SET pause = 'silent' WHERE pause = 'suspended'")
    op.execute("DELETE FROM moderator_act WHERE kind IN ('suspend', 'end suspension')")
    op.execute("DELETE FROM notice WHERE kind IN ('suspended', 'suspension_ended')")
    op.drop_column("moderator_act", "until")
    op.drop_column("user", "suspended_until")
