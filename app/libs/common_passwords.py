"""The passwords that people choose most: the list of the `zxcvbn` package, 30,000 of them, most frequent first."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """Give the folded passwords; read when first asked for."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - megabytes that only few requests need

    return frozenset(FREQUENCY_LISTS["passwords"])
