"""The picture of a book: the source's cover, fetched once, checked, resized and kept; else one drawn from its facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock

import structlog

from app.covers.drawing import draw_cover
from app.covers.pictures import NotAPictureError, jpegs_of, rasterize, scaled
from app.domain.book import BookFacts
from app.libs.caches import DiskCache, TtlCache
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


#: Widths in pixels, by the names that follow the ISBN in an address: /cover/9787536692930-m.jpg
WIDTHS = {"s": 120, "m": 240, "l": 480}
_FAILURE_KEPT = 3600.0


@dataclass(frozen=True, slots=True)
class Cover:
    """A JPEG file, empty where there is none. `is_final` is False when a later look may find another one."""

    jpeg: bytes
    is_final: bool = True


_NONE, _NOT_YET = Cover(b""), Cover(b"", is_final=False)


class Covers:
    """Return covers as JPEG files.

    :param fetch: gives the bytes at an address, or None; it may take its whole time.
    :param slots: how many callers may wait for it at a time; the others are told "not yet".
    """

    def __init__(self, *, fetch: Callable[[str], bytes | None], cache: DiskCache, slots: int) -> None:
        self._fetch = fetch
        self._cache = cache
        self._slots = BoundedSemaphore(slots)
        self._lock = Lock()
        self._failed: TtlCache[bool] = TtlCache()
        self._fetching: set[str] = set()

    def find_fetched(self, facts: BookFacts, *, size: str) -> Cover:
        """Return the source's cover in a size of `WIDTHS`; fetch it if nobody has yet.

        A cover that could not be had is asked for again after an hour.
        """
        if not facts.cover:
            return _NONE
        kept = self._cache.find(_name(facts, size))
        if kept is not None:
            return Cover(kept)
        if self._failed.recall(facts.cover):
            return _NOT_YET
        return self._fetched(facts, size)

    def picture(self, facts: BookFacts, *, size: str) -> Cover:
        """Return the source's cover, else a drawn one: there always is a JPEG file."""
        fetched = self.find_fetched(facts, size=size)
        if fetched.jpeg:
            return fetched
        drawn = self._cache.find(_drawn(facts, size)) or self._draw(facts)[size]
        return Cover(drawn, is_final=fetched.is_final)

    def _draw(self, facts: BookFacts) -> dict[str, bytes]:
        files = scaled(rasterize(draw_cover(facts), WIDTHS["l"]), WIDTHS)
        for size, file in files.items():
            self._cache.keep(_drawn(facts, size), file)
        return files

    def _fetched(self, facts: BookFacts, size: str) -> Cover:
        """Fetch the cover in this thread, unless another one is at it or too many wait already."""
        with self._lock:
            if facts.cover in self._fetching or not self._slots.acquire(blocking=False):
                return _NOT_YET
            self._fetching.add(facts.cover)
        try:
            files = self._checked(facts)
            for name, file in files.items():
                self._cache.keep(_name(facts, name), file)
            if not files:
                self._failed.keep(facts.cover, value=True, seconds=_FAILURE_KEPT)
        finally:
            self._slots.release()
            with self._lock:
                self._fetching.discard(facts.cover)
        return Cover(files[size]) if files else _NOT_YET

    def _checked(self, facts: BookFacts) -> dict[str, bytes]:
        data = self._fetch(facts.cover)
        if data is None:
            return {}
        try:
            return jpegs_of(data, WIDTHS)
        except NotAPictureError as refused:
            _log.warning("cover refused", isbn13=facts.isbn13, reason=str(refused))
            return {}


def _name(facts: BookFacts, size: str) -> str:
    return f"fetched {size} {facts.cover}"


def _drawn(facts: BookFacts, size: str) -> str:
    """Name a drawn cover after all that is seen on it."""
    return repr(("drawn", size, facts.isbn13, facts.title, facts.subtitle, facts.authors, facts.language))
