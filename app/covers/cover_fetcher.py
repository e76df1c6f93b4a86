"""Providers: fetch the picture of a cover from where a source keeps it."""

from __future__ import annotations

import structlog

from app.libs.http_client import HttpClient, HttpClientError

#: Large scans have two megabytes; what has more is no cover.
_MOST_BYTES = 5 * 1024 * 1024
_log = structlog.get_logger()


class CoverFetcher:
    """Fetches pictures, each within `seconds`; only from hosts on the list."""

    def __init__(self, client: HttpClient, *, seconds: float) -> None:
        self._client = client
        self._seconds = seconds

    def fetch(self, address: str) -> bytes | None:
        """Return the bytes at this address, unchecked, or None if they cannot be had; never raises."""
        try:
            answer = self._client.get(address, seconds=self._seconds, max_bytes=_MOST_BYTES, accept="image/*")
        except HttpClientError as failed:
            _log.warning("cover not fetched", reason=type(failed).__name__, detail=str(failed))
            return None
        if answer.status != 200:
            _log.warning("cover not fetched", reason=str(answer.status))
            return None
        return answer.body
