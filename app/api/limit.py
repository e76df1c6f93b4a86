"""The book API: how often one address may ask. Flask's limiter does not reach this app; the counts lie beside its counts."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from time import monotonic, time
from typing import Any

import structlog
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from app.api.problems import TOO_MANY_REQUESTS, ApiError
from app.extensions import COUNTS_OPTIONS
from app.http.limits import counted_address

#: How long shared counts that are away are not asked again, so that not every request waits for them.
REST_SECONDS = 5.0
_log = structlog.get_logger()


class Limit:
    """Counts requests as the settings `LIMIT_API`, `RATELIMIT_STORAGE_URL` and `RATELIMIT_ENABLED` say.

    While the shared counts are away (Redis is down) this process counts alone.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._limits = parse_many(settings["LIMIT_API"]) if settings["RATELIMIT_ENABLED"] else []
        storage = storage_from_string(settings["RATELIMIT_STORAGE_URL"], wrap_exceptions=True, **COUNTS_OPTIONS)
        self._shared = FixedWindowRateLimiter(storage)
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._rests_until = 0.0

    def ensure_may_ask(self, remote: str | None) -> None:
        """Count a request from an address.

        :raises ApiError: when it has asked too often; says in how many seconds it may ask again.
        """
        if not self._limits:
            return
        address = counted_address(remote)
        for limit in self._limits:
            self._count(limit, address)

    def _count(self, limit: RateLimitItem, address: str) -> None:
        if monotonic() >= self._rests_until:
            try:
                _hit(self._shared, limit, address)
            except StorageError:
                self._rests_until = monotonic() + REST_SECONDS
                _log.warning("shared counts are away, counting alone")
            else:
                return
        _hit(self._own, limit, address)


def _hit(counter: FixedWindowRateLimiter, limit: RateLimitItem, address: str) -> None:
    if not counter.hit(limit, "v2", address):
        reset = counter.get_window_stats(limit, "v2", address).reset_time
        raise ApiError(TOO_MANY_REQUESTS, Retry_After=str(max(1, ceil(reset - time()))))
