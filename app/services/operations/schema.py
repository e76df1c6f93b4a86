"""What a process checks before its first work: that the database has the schema of this program, and that the address keys open what is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from alembic.script import ScriptDirectory
from cryptography.fernet import InvalidToken

from app.domain.errors import Refusal
from app.libs.encryption import Sealer


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
        return f"{said}: `python3 run.py start` or `python3 run.py flask db upgrade` brings the database up to date"


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


class WrongKeys(Refusal):
    """The address keys do not open what the database holds."""

    zh = "网站的密钥和数据库对不上，需要管理员处理。请稍后再来。"
    en = "The site's keys do not fit its database. The operator must put this right; please come back later."
    status = 503

    #: What the operator reads.
    HINT = (
        "YUSHU_ADDRESS_KEYS (or the file address_keys of the data folder) does not open the addresses in the database: "
        "put the key they were encrypted with back into the list"
    )


class Preflight:
    """Lets a process work once all is well, and then for good.

    :param list_sealed: returns some texts that were encrypted with the address keys.
    """

    def __init__(self, schema: Schema, sealer: Sealer, list_sealed: Callable[[], Sequence[str]]) -> None:
        self._schema = schema
        self._sealer = sealer
        self._list_sealed = list_sealed
        self.is_passed = False

    def ensure_passed(self) -> None:
        """Check, until it went well once. A process that has begun its work goes on while a migration runs.

        :raises SchemaMismatch: the database has another schema than the code.
        :raises WrongKeys: a key is missing.
        """
        if not self.is_passed:
            self._schema.ensure_current()
            self.ensure_keys_fit()
            self.is_passed = True

    def ensure_keys_fit(self) -> None:
        """Open some of what is encrypted.

        :raises WrongKeys: a key is missing.
        """
        try:
            for text in self._list_sealed():
                self._sealer.unseal(text)
        except InvalidToken:
            raise WrongKeys from None
