"""What a process checks before its first work: the schema of the database, and that the address keys open what is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryptography.fernet import InvalidToken

from app.domain.errors import Refusal
from app.libs.encryption import Sealer
from app.services.operations.schema import Schema


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
        """Check, until it went well once. A process that has begun its work goes on through a migration beside it.

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
