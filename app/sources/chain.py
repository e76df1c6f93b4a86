"""The enabled sources as one: which the settings switch on, which hosts may be asked for them, and how they are asked.

For an ISBN they are asked in order, inside one time budget; for words, the one that is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from time import monotonic, sleep
from typing import Any

from app.domain.book import FoundByWords, Lookup
from app.libs.http_client import HttpClient, user_agent_of
from app.libs.urls import HostAllowlist, origin_of
from app.sources.circuit_breaking import CircuitBreakingSource
from app.sources.google_books import GoogleBooks
from app.sources.open_library import OpenLibrary
from app.sources.port import Source
from app.sources.request_coalescing import Kept, Waiting
from app.sources.yushu import YuShu

_Settings = Mapping[str, Any]
_MAKERS: dict[str, Callable[[HttpClient, _Settings], Source]] = {
    "open_library": lambda client, settings: OpenLibrary(client, settings["OPEN_LIBRARY_URL"]),
    "google_books": lambda client, settings: GoogleBooks(
        client, settings["GOOGLE_BOOKS_URL"], key=settings["GOOGLE_BOOKS_KEY"]
    ),
    "yushu": lambda client, settings: YuShu(client, settings["API_URL"]),
}
#: A source works only with these settings; without them it is off.
NEEDED = {"open_library": "OPEN_LIBRARY_URL", "google_books": "GOOGLE_BOOKS_KEY", "yushu": "API_URL"}
_BASE_ADDRESSES = ("OPEN_LIBRARY_URL", "GOOGLE_BOOKS_URL", "API_URL")


def http_client_for(settings: _Settings) -> HttpClient:
    """Return the client that may ask the operator's base addresses, and the hosts on which sources keep their covers."""
    user_agent = user_agent_of(settings["SITE_URL"], settings["CONTACT"])
    return HttpClient(_allowlist(settings), user_agent=user_agent)


def _allowlist(settings: _Settings) -> HostAllowlist:
    addresses = (settings[name] for name in _BASE_ADDRESSES)
    return HostAllowlist(
        origins=frozenset(origin_of(address) for address in addresses if address),
        public_hosts=settings["COVER_HOSTS"],
    )


def sources_for(settings: _Settings, client: HttpClient) -> tuple[Source, ...]:
    """Return the enabled sources in order; one that lacks its setting (see `NEEDED`) is left out."""
    return tuple(_MAKERS[name](client, settings) for name in settings["SOURCES"] if settings[NEEDED[name]])


#: Seconds for which an answer is remembered: "nobody knows it", "somebody failed" (or a book that nobody fetched), a search.
MISS_KEPT = 24 * 60 * 60.0
ERROR_KEPT = 60.0
SEARCH_KEPT = 60 * 60.0
_MOST_LOOKUPS, _MOST_SEARCHES = 10_000, 300

_NOBODY_KNOWS = Lookup(None, is_certain=True)
_NO_ANSWER = Lookup(None, is_certain=False)
_NOT_SEARCHED = FoundByWords((), has_answered=False)


class SourceChain:
    """Asks the sources; `budget` is seconds for one question, `slots` how many callers of each kind may wait at a time."""

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        budget: float,
        slots: int,
        now: Callable[[], float] = monotonic,
        wait: Callable[[float], None] = sleep,
    ) -> None:
        self._sources = [CircuitBreakingSource(source, now=now, wait=wait) for source in sources]
        self._lookups: Waiting[Lookup] = Waiting(budget=budget, slots=slots, capacity=_MOST_LOOKUPS, now=now)
        self._searches: Waiting[FoundByWords] = Waiting(budget=budget, slots=slots, capacity=_MOST_SEARCHES, now=now)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the sources, in order."""
        return tuple(source.name for source in self._sources)

    def find(self, isbn13: str) -> Lookup:
        """Return what the sources know of an ISBN-13, within the budget; never raises for anything that a source does."""
        if not self._sources:
            return _NOBODY_KNOWS
        return self._lookups.ask(isbn13, lambda deadline: self._look_up(isbn13, deadline)) or _NO_ANSWER

    def search(self, name: str, words: str) -> FoundByWords:
        """Return what the source of this name finds, within the budget; never raises for anything that the source does."""
        source = next(source for source in self._sources if source.name == name)
        return self._searches.ask(f"{name} {words}", lambda deadline: _search(source, words, deadline)) or _NOT_SEARCHED

    def _look_up(self, isbn13: str, deadline: float) -> Kept[Lookup]:
        lookup = self._ask_all(isbn13, deadline)
        return Kept(lookup, MISS_KEPT if lookup == _NOBODY_KNOWS else ERROR_KEPT)

    def _ask_all(self, isbn13: str, deadline: float) -> Lookup:
        """Ask one source after another; each may take its share of the time that is left."""
        every_source_answered = True
        for place, source in enumerate(self._sources):
            seconds = (deadline - monotonic()) / (len(self._sources) - place)
            found = source.find(isbn13, seconds=seconds) if seconds > 0 else None
            if found is None:
                every_source_answered = False
            elif isbn13 in found:
                return Lookup(found[isbn13], is_certain=True)
        return Lookup(None, is_certain=every_source_answered)


def _search(source: CircuitBreakingSource, words: str, deadline: float) -> Kept[FoundByWords]:
    books = source.search(words, seconds=deadline - monotonic())
    if books is None:
        return Kept(_NOT_SEARCHED, ERROR_KEPT)
    rows = tuple(replace(facts, summary="", subjects=()) for facts in books)  # what is remembered stays small
    return Kept(FoundByWords(rows, has_answered=True), SEARCH_KEPT)
