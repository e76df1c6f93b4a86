"""Reports of members and the cases that moderators look at. Reports of editions, disputes and stops of before become cases, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.db.database import Key

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DAY = 86_400
#: The open and closed reports of a pair; members who said it together share a case.
_CASES_OF_EDITIONS = f"""
INSERT INTO moderation_case (kind, isbn13, other_isbn13, reason, due_at, is_open, closed_time, outcome, create_time)
SELECT 'editions', isbn13, other_isbn13, 'not same', MIN(create_time) + {14 * _DAY}, is_open, closed_time,
CASE WHEN is_open IS NULL THEN 'dismiss' ELSE '' END, MIN(create_time)
FROM edition_report GROUP BY isbn13, other_isbn13, is_open, closed_time
"""
_REPORTS_OF_EDITIONS = """
INSERT INTO report (case_id, user_id, reason, note, create_time)
SELECT c.id, r.user_id, 'not same', MAX(r.note), MIN(r.create_time) FROM edition_report r
JOIN moderation_case c ON c.kind = 'editions' AND c.isbn13 = r.isbn13 AND c.other_isbn13 = r.other_isbn13
AND COALESCE(c.is_open, 0) = COALESCE(r.is_open, 0) AND COALESCE(c.closed_time, 0) = COALESCE(r.closed_time, 0)
GROUP BY c.id, r.user_id
"""
_DISPUTES = f"""
INSERT INTO moderation_case (kind, subject_id, isbn13, reason, due_at, is_open, create_time)
SELECT 'dispute', id, isbn13, 'dispute', COALESCE(claimed_at, create_time) + {3 * _DAY}, 1, COALESCE(claimed_at, create_time)
FROM drift WHERE state = 'disputed'
"""
_REPORTS_BACK = """
INSERT INTO edition_report (user_id, isbn13, other_isbn13, note, is_open, closed_time, create_time)
SELECT r.user_id, c.isbn13, c.other_isbn13, r.note, c.is_open, c.closed_time, r.create_time
FROM report r JOIN moderation_case c ON c.id = r.case_id AND c.kind = 'editions'
"""


def _stops(side: str, lifted: str) -> str:
    """Write the cases of persons who lost two parcels and more on a side, more than a third of theirs, since the last word on it."""
    last = (
        "SELECT MAX(m.create_time) FROM user k JOIN moderator_act m ON m.member_id = k.id "
        f"AND m.kind = '{lifted}' WHERE k.person_id = u.person_id"
    )
    losses = f"SUM(CASE WHEN d.state = 'lost' AND d.ended_at > COALESCE(({last}), 0) THEN 1 ELSE 0 END)"
    return (
        "INSERT INTO moderation_case (kind, subject_id, member_id, reason, due_at, is_open, create_time) "
        f"SELECT 'losses', s.person_id, s.member_id, 'losses', s.since + {7 * _DAY}, 1, s.since FROM ("
        f"SELECT u.person_id, MAX(CASE WHEN u.status = 1 THEN u.id END) AS member_id, {losses} AS losses, "
        "SUM(CASE WHEN d.mailed_at IS NULL THEN 0 ELSE 1 END) AS parcels, "
        f"MAX(d.ended_at) AS since FROM user u JOIN drift d ON d.{side} = u.id GROUP BY u.person_id) s "
        "WHERE s.losses > 1 AND s.losses * 3 > s.parcels AND s.member_id IS NOT NULL AND NOT EXISTS ("
        "SELECT 1 FROM moderation_case c WHERE c.kind = 'losses' AND c.subject_id = s.person_id)"
    )


def upgrade() -> None:
    op.add_column("moderator_act", sa.Column("case_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_moderator_act_case_id"), "moderator_act", ["case_id"])
    op.create_table(
        "moderation_case",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", Key(10), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("isbn13", Key(13), server_default=sa.text("''"), nullable=False),
        sa.Column("other_isbn13", Key(13), server_default=sa.text("''"), nullable=False),
        sa.Column("member_id", _ID, nullable=True),
        sa.Column("reason", Key(20), nullable=False),
        sa.Column("quote", sa.String(200), server_default=sa.text("''"), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.SmallInteger(), nullable=True),
        sa.Column("claimed_by", _ID, nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("closed_time", sa.BigInteger(), nullable=True),
        sa.Column("outcome", Key(10), server_default=sa.text("''"), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["user.id"], name=op.f("fk_moderation_case_member_id_user")),
        sa.ForeignKeyConstraint(["claimed_by"], ["user.id"], name=op.f("fk_moderation_case_claimed_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_case")),
        sa.UniqueConstraint(
            "kind", "subject_id", "isbn13", "other_isbn13", "is_open", name="uq_moderation_case_subject"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_moderation_case_is_open_due_at_id", "moderation_case", ["is_open", "due_at", "id"])
    op.create_index("ix_moderation_case_is_open_kind_due_at", "moderation_case", ["is_open", "kind", "due_at"])
    op.create_index("ix_moderation_case_member_id_is_open", "moderation_case", ["member_id", "is_open"])
    op.create_index("ix_moderation_case_erased_at_closed_time", "moderation_case", ["erased_at", "closed_time"])
    op.create_index(op.f("ix_moderation_case_claimed_by"), "moderation_case", ["claimed_by"])
    op.create_table(
        "report",
        sa.Column("id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("reason", Key(20), nullable=False),
        sa.Column("note", sa.String(200), server_default=sa.text("''"), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["moderation_case.id"], name=op.f("fk_report_case_id_moderation_case")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_report_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("case_id", "user_id", name=op.f("uq_report_case_id_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_report_user_id_create_time", "report", ["user_id", "create_time"])
    for statement in (
        _CASES_OF_EDITIONS,
        _REPORTS_OF_EDITIONS,
        _DISPUTES,
        _stops("giver_id", "lift giving"),
        _stops("requester_id", "lift asking"),
    ):
        op.execute(statement)
    op.drop_table("edition_report")


def downgrade() -> None:
    """Keep the reports of editions; forget the others, and what was decided about them but suspensions."""
    op.create_table(
        "edition_report",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("isbn13", Key(13), nullable=False),
        sa.Column("other_isbn13", Key(13), nullable=False),
        sa.Column("note", sa.String(200), server_default=sa.text("''"), nullable=False),
        sa.Column("is_open", sa.SmallInteger(), nullable=True),
        sa.Column("closed_time", sa.BigInteger(), nullable=True),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_edition_report_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_report")),
        sa.UniqueConstraint(
            "user_id",
            "isbn13",
            "other_isbn13",
            "is_open",
            name=op.f("uq_edition_report_user_id_isbn13_other_isbn13_is_open"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_edition_report_is_open_id", "edition_report", ["is_open", "id"])
    op.create_index("ix_edition_report_pair", "edition_report", ["isbn13", "other_isbn13", "is_open"])
    op.execute(_REPORTS_BACK)
    op.execute(
        "DELETE FROM notice WHERE kind IN ('hidden', 'warned', 'disabled', 'appeal_refused', 'appeal_granted', "
        "'report_acted', 'report_dismissed', 'report_closed', 'moderate_report')"
    )
    op.execute(
        "DELETE FROM moderator_act WHERE kind IN ('hide', 'warn', 'disable', 'uphold', 'reverse', 'mend', 'dismiss')"
    )
    for table in ("report", "moderation_case"):
        op.drop_table(table)
    op.drop_index(op.f("ix_moderator_act_case_id"), "moderator_act")
    op.drop_column("moderator_act", "case_id")
