"""The container: settings, clock, database and keys, which every area uses."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask import Flask

from app.db.sql_helper import SqlHelper
from app.extensions import db, pool_of
from app.libs.clock import Clock, SystemClock
from app.libs.encryption import Sealer
from app.services.unit_of_work import UseCases


class Core:
    """Settings, clock, the read door and keys of one app."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.clock: Clock = SystemClock()

    @property
    def settings(self) -> dict[str, Any]:
        """The app's settings by name."""
        return self.app.config

    @cached_property
    def sql(self) -> SqlHelper:
        """The read door."""
        return SqlHelper(pool_of(self.app), db.joined_connection)

    @cached_property
    def use_cases(self) -> UseCases:
        """Run use cases that are repeated when the database asks for it."""
        return UseCases(self.clock)

    @cached_property
    def sealer(self) -> Sealer:
        """Seal what must not lie readable in the database: addresses, and secrets of second factors."""
        return Sealer(self.settings["ADDRESS_KEYS"])

    @property
    def slots(self) -> int:
        """How many threads may wait for other servers, of each kind."""
        threads: int = self.settings["THREADS"]
        return max(1, threads // 4)
