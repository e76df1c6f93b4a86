"""What moderators decided about works."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper
from app.domain.work_decision import DecisionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDecisionRow:
    """A decision about one edition or two, who took it, when and why; an empty name is the operator's, or a member's who has left.

    `undone_time` is when it was taken back, or None while it holds.
    """

    id: int
    kind: DecisionKind
    isbn13: str
    title: str
    other_isbn13: str
    other_title: str
    moderator: str
    reason: str
    time: int
    undone_time: int | None


_DECISION = RowMapper(
    WorkDecisionRow,
    "k",
    title="COALESCE(b.title, '')",
    other_title="COALESCE(o.title, '')",
    moderator="COALESCE(m.nickname, '')",
    reason="a.reason",
    time="k.create_time",
)


class WorkDecisionQueries:
    """Look up what was decided about works."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_decisions(self, *, limit: int, offset: int = 0) -> tuple[WorkDecisionRow, ...]:
        """List the decisions, newest first, those that were taken back, too; one statement."""
        rows = self._sql.fetchall(
            f"SELECT {_DECISION.columns} FROM work_decision k JOIN moderator_act a ON a.id = k.act_id "
            "LEFT JOIN user m ON m.id = a.moderator_id AND m.status IN (0, 1) "
            "LEFT JOIN book b ON b.isbn13 = k.isbn13 LEFT JOIN book o ON o.isbn13 = k.other_isbn13 "
            "ORDER BY k.id DESC LIMIT :limit OFFSET :offset",
            {"limit": limit, "offset": offset},
        )
        return _DECISION.read_all(rows)
