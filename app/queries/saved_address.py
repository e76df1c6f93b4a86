"""Read side: the address that a member keeps, as it is stored."""

from __future__ import annotations

from app.db.sql_helper import SqlHelper


class SavedAddressQueries:
    """Look up saved addresses. What comes back is sealed."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def find_sealed(self, member_id: int) -> str | None:
        """Return a member's address, or None where there is none."""
        sealed: str | None = self._sql.fetchvalue(
            "SELECT sealed FROM saved_address WHERE user_id = :member", {"member": member_id}
        )
        return sealed
