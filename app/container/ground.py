"""The container, ground floor: what every area stands on."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask

from app.extensions import db, pool_of
from app.libs.clock import Clock, SystemClock
from app.libs.sealing import Sealer
from app.libs.sql_helper import SqlHelper
from app.queries.schema import SchemaQueries
from app.queries.sealed_texts import SealedTexts
from app.services.preflight import Preflight
from app.services.schema import Schema
from app.services.use_cases import UseCases


class Ground:
    """What every area stands on: settings, clock, the read door, keys."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.clock: Clock = SystemClock()

    @property
    def settings(self) -> dict[str, Any]:
        """The app's settings by name."""
        return self._app.config

    @cached_property
    def sql(self) -> SqlHelper:
        """The read door."""
        return SqlHelper(pool_of(self._app), db.joined_connection)

    @cached_property
    def schema(self) -> Schema:
        """Compare the database's schema with the code's."""
        return Schema(Path(self._app.root_path).parent / "migrations", SchemaQueries(self.sql).find_revision)

    @cached_property
    def preflight(self) -> Preflight:
        """Check whether this process may work on the database."""
        return Preflight(self.schema, self.sealer, SealedTexts(self.sql).list_samples)

    @cached_property
    def use_cases(self) -> UseCases:
        """Run use cases that are repeated when the database asks for it."""
        return UseCases(self.clock)

    @cached_property
    def sealer(self) -> Sealer:
        """Seal what must not lie readable in the database: addresses, and secrets of second factors."""
        return Sealer(self.settings["ADDRESS_KEYS"])

    @property
    def _slots(self) -> int:
        """How many threads may wait for other servers, of each kind."""
        threads: int = self.settings["THREADS"]
        return max(1, threads // 4)
