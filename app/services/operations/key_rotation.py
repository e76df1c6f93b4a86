"""Seal everything again with the newest key; then the older keys can be dropped, and what they sealed is unreadable."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.db.database import rows_touched
from app.extensions import db
from app.libs.clock import Clock
from app.libs.encryption import Sealer
from app.models.drift import DriftAddress, SavedAddress
from app.models.user import SecondFactor, SiteSecret
from app.services.unit_of_work import use_case

_BATCH = 50
_Columns = tuple[InstrumentedAttribute[int], InstrumentedAttribute[str]]
#: Every column that holds sealed text: the key of its row, and itself.
_SEALED: tuple[_Columns, ...] = (
    (DriftAddress.drift_id, DriftAddress.sealed),
    (SavedAddress.user_id, SavedAddress.sealed),
    (SecondFactor.user_id, SecondFactor.sealed_secret),
    (SiteSecret.id, SiteSecret.sealed),
)


@dataclass(frozen=True, slots=True)
class _Batch:
    """How many texts were sealed again, and the last row's key; 0 where no row was left."""

    done: int
    last: int


class KeyRotation:
    """Rotates what is stored to the newest key."""

    def __init__(self, clock: Clock, sealer: Sealer) -> None:
        self._clock = clock
        self._sealer = sealer

    def run(self) -> int:
        """Seal every text again, a few in a transaction, while the site runs; give their number.

        :raises cryptography.fernet.InvalidToken: at a text that no key fits; those before it are done.
        """
        return sum(self._reseal(columns) for columns in _SEALED)

    def _reseal(self, columns: _Columns) -> int:
        done, last = 0, 0
        while (batch := self._reseal_some(columns, last)).last:
            done, last = done + batch.done, batch.last
        return done

    @use_case
    def _reseal_some(self, columns: _Columns, after: int) -> _Batch:
        key, sealed = columns
        rows = db.session.execute(select(key, sealed).where(key > after).order_by(key).limit(_BATCH)).all()
        done = 0
        for number, old in rows:  # one that somebody changes meanwhile has the newest key already
            changed = update(key.class_).where(key == number, sealed == old)
            done += rows_touched(db.session.execute(changed.values({sealed: self._sealer.reseal(old)})))
        last, _ = rows[-1] if rows else (0, "")
        return _Batch(done, last)
