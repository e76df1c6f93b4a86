"""Seal texts that must not lie readable in the database: encrypted and authenticated, with keys that can be rotated."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from cryptography.fernet import Fernet, MultiFernet


class Sealer:
    """Seals and opens small mappings of texts.

    :param keys: Fernet keys, newest first; the first seals, all of them open.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, values: Mapping[str, str]) -> str:
        """Return the values as one text that says nothing without a key."""
        return self._fernet.encrypt(json.dumps(dict(values), ensure_ascii=False).encode()).decode("ascii")

    def reseal(self, sealed: str) -> str:
        """Seal a text again with the newest key, so that the key it was sealed with can be dropped.

        :raises cryptography.fernet.InvalidToken: as `unseal`.
        """
        return self._fernet.rotate(sealed.encode("ascii")).decode("ascii")

    def unseal(self, sealed: str) -> dict[str, str]:
        """Return the values back.

        :raises cryptography.fernet.InvalidToken: when no key fits, or the text was changed.
        """
        values: dict[str, str] = json.loads(self._fernet.decrypt(sealed.encode("ascii")))
        return values
