"""Read what the accounts of one person had from the site together."""

from __future__ import annotations

from app.db.sql_helper import SqlHelper, in_list
from app.domain.beans import MINT, EntryKind, Listings, account_of

#: The accounts of a member's person, that of `:member` among them; to be joined as ``mate``.
MATES = (
    "user me JOIN user mate ON mate.person_id = me.person_id AND mate.status IN (0, 1) "
    "AND me.id = :member AND me.status IN (0, 1)"
)


class PersonQueries:
    """Look up persons: accounts that confirmed the same mailbox. A member without such kin is a person alone."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def are_one(self, one_id: int, other_id: int) -> bool:
        """Whether two accounts are the same person's, as far as we know."""
        found = self._sql.fetchone(
            f"SELECT 1 FROM {MATES} WHERE mate.id = :other", {"member": one_id, "other": other_id}
        )
        return found is not None

    def find_person(self, member_id: int) -> int:
        """Return the number of a member's person: the id of their oldest account.

        :raises LookupError: when there is no such member.
        """
        found = self._sql.fetchvalue(
            "SELECT person_id FROM user WHERE id = :member AND status IN (0, 1)", {"member": member_id}
        )
        if found is None:
            raise LookupError(f"there is no member {member_id}")
        return int(found)

    def find_first_mark(self, member_id: int) -> int | None:
        """Find the oldest mark of a member's person; None when no address of theirs was ever confirmed by mail."""
        first: int | None = self._sql.fetchvalue(
            f"SELECT MIN(m.mark_id) FROM {MATES} JOIN member_mark m ON m.member_id = mate.id", {"member": member_id}
        )
        return first

    def listings(self, member_id: int) -> Listings:
        """Return what the listings of a member's person were paid so far; `proven` is left for the circles to say."""
        mates = self._sql.fetchcolumn(f"SELECT mate.id FROM {MATES}", {"member": member_id})
        names, params = in_list("account", list(map(account_of, mates)))
        paid, welcomes = self._sql.fetchone(
            f"SELECT COALESCE(SUM(t.kind = '{EntryKind.BONUS}'), 0) - COALESCE(SUM(t.kind = '{EntryKind.BONUS_BACK}'), 0), "
            f"COALESCE(SUM(t.kind = '{EntryKind.WELCOME}'), 0) FROM ("
            f"SELECT kind FROM bean_transfer WHERE source = '{MINT}' AND target IN ({names}) UNION ALL "
            f"SELECT kind FROM bean_transfer WHERE target = '{MINT}' AND source IN ({names})) t",
            params,
        ) or (0, 0)
        return Listings(
            paid=int(paid), proven=False, known=self.find_first_mark(member_id) is not None, welcomed=welcomes > 0
        )
