"""What every table has."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.soft_delete import ALIVE, SoftDelete
from app.extensions import Model
from app.libs.clock import from_epoch


class PlainBase(Model):
    """A table whose rows know when they were made. Times are whole seconds since 1970, UTC."""

    __abstract__ = True

    create_time: Mapped[int] = mapped_column(BigInteger, default=lambda: int(time.time()), sort_order=90)

    @property
    def create_datetime(self) -> datetime:
        """When the row was made, aware, in UTC."""
        return from_epoch(self.create_time)

    def set_attrs(self, values: Mapping[str, Any], *, allowed: Iterable[str]) -> None:
        """Copy the values whose names are allowed; others are left out, even if a form sends them."""
        for name in allowed:
            if name in values:
                setattr(self, name, values[name])


class Base(PlainBase, SoftDelete):
    """A table whose rows are marked deleted instead of removed: `status` is 1, and 0 after `delete()`.

    Such a row may be wanted back, or looked at when somebody asks what became of it. It is removed for good when it has been
    deleted for long (`app.services.operations.purging`); what must not be kept at all (addresses, secrets) belongs into a `PlainBase`.
    """

    __abstract__ = True

    status: Mapped[int] = mapped_column(SmallInteger, default=ALIVE, server_default=text("1"), sort_order=91)
    deleted_at: Mapped[int | None] = mapped_column(BigInteger, sort_order=92)
