"""Compare the schema of the database with the one that this program was written for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from alembic.script import ScriptDirectory

from app.domain.errors import Refusal


class SchemaMismatch(Refusal):
    """The database has another schema than the code."""

    zh: ClassVar[str] = "网站正在升级，数据库还没有准备好。请过几分钟再来。"
    en: ClassVar[str] = (
        "The site is being upgraded and its database is not ready yet. Please come back in a few minutes."
    )
    status = 503


class NewerDatabaseError(Exception):
    """The database was made by a newer version of the program."""


@dataclass(frozen=True, slots=True)
class SchemaState:
    """Both schemas. `database` is None for a database that was never migrated; `is_known`: this code has its migration."""

    database: str | None
    code: str
    is_known: bool = True

    @property
    def is_current(self) -> bool:
        """Whether the two are the same."""
        return self.database == self.code

    def __str__(self) -> str:
        said = f"schema {self.database or 'none'}, code {self.code}"
        if self.is_current:
            return said
        if not self.is_known:
            return f"{said}: the database was made by a newer version of YuShu, which this one does not know"
        return f"{said}: `pipenv run start` or `flask --app fisher db upgrade` brings the database up to date"


class Schema:
    """Knows whether this program may work on the database.

    :param migrations: the folder of the program's migrations.
    :param find_revision: looks up the database's revision.
    """

    def __init__(self, migrations: Path, find_revision: Callable[[], str | None]) -> None:
        self._migrations = migrations
        self._find_revision = find_revision

    def read(self) -> SchemaState:
        """Return what the database has and what the code wants."""
        found = self._find_revision()
        return SchemaState(found, self._code, found is None or found in self._known)

    def ensure_current(self) -> None:
        """Compare both.

        :raises SchemaMismatch: they differ.
        """
        state = self.read()
        if not state.is_current:
            raise SchemaMismatch(state=state)

    @cached_property
    def _scripts(self) -> ScriptDirectory:
        return ScriptDirectory(str(self._migrations))

    @cached_property
    def _code(self) -> str:
        return str(self._scripts.get_current_head())

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(script.revision for script in self._scripts.walk_revisions())
