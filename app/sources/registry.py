"""Providers: which sources the settings switch on, and which hosts may be asked for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.libs.http_client import HttpClient, user_agent_of
from app.libs.urls import Reach, origin_of
from app.sources.google_books import GoogleBooks
from app.sources.open_library import OpenLibrary
from app.sources.port import Source
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
    return HttpClient(_reach(settings), user_agent=user_agent)


def _reach(settings: _Settings) -> Reach:
    addresses = (settings[name] for name in _BASE_ADDRESSES)
    return Reach(
        origins=frozenset(origin_of(address) for address in addresses if address),
        public_hosts=settings["COVER_HOSTS"],
    )


def sources_for(settings: _Settings, client: HttpClient) -> tuple[Source, ...]:
    """Return the enabled sources in order; one that lacks its setting (see `NEEDED`) is left out."""
    return tuple(_MAKERS[name](client, settings) for name in settings["SOURCES"] if settings[NEEDED[name]])
