"""The one address a member may keep: sealed, seen by its owner alone, deleted at will."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import delete

from app.domain.drift_request import PostalRecipient
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.libs.encryption import Sealer
from app.models.drift import SavedAddress
from app.queries.drift import SavedAddressQueries
from app.services.unit_of_work import use_case


class SavedAddresses:
    """Keeps and forgets addresses."""

    def __init__(self, clock: Clock, sealer: Sealer, rows: SavedAddressQueries) -> None:
        self._clock = clock
        self._rows = rows
        self._sealer = sealer

    def find(self, member_id: int) -> PostalRecipient | None:
        """Return the address that a member kept, or None."""
        sealed = self._rows.find_sealed(member_id)
        return None if sealed is None else PostalRecipient(**self._sealer.unseal(sealed))

    def rows(self, member_id: int) -> list[dict[str, str]]:
        """Return the address as rows of an export: one, or none."""
        kept = self.find(member_id)
        return [] if kept is None else [asdict(kept)]

    @use_case
    def keep(self, member_id: int, recipient: PostalRecipient) -> None:
        """Keep an address instead of the one before."""
        sealed = self._sealer.seal(asdict(recipient))
        db.session.merge(SavedAddress(user_id=member_id, sealed=sealed, create_time=epoch(self._clock.now())))

    @use_case
    def forget(self, member_id: int) -> None:
        """Delete the address; where there is none nothing happens."""
        db.session.execute(delete(SavedAddress).where(SavedAddress.user_id == member_id))
