"""The book API: read what clients really send, which is not always what they should.

Programs build these addresses by string formatting: `q=C++` comes unescaped, an `&` before `start` is forgotten, old Windows
programs escape Chinese in GBK.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from app.api.bodies import ALL_KEYS, Keys
from app.api.problems import BAD_CALLBACK, BAD_START, MISSING_ARGS, ApiError
from app.libs.urls import with_pluses

MOST_BOOKS = 100
BOOKS = 20
LONGEST_QUERY = 100

_CALLBACK = re.compile(r"[A-Za-z0-9_]{1,50}", re.ASCII)
_LEADING_NUMBER = re.compile(r"\s*([0-9]{1,9})", re.ASCII)
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_TWO_PLUSES = re.compile(r"\+\+")
_SHORT = ("id", "title", "author", "image", "isbn")


def query_of(query_string: str) -> Mapping[str, str]:
    """Read a query string; of a name that comes twice the first value counts.

    One plus is a space; two in a row are meant as they stand (C++), for nobody escapes two spaces.
    """
    found: dict[str, str] = {}
    for part in query_string.split("&"):
        name, _, value = part.partition("=")
        found.setdefault(_decoded(name), _decoded(value))
    return found


def _decoded(text: str) -> str:
    raw = unquote_to_bytes(_TWO_PLUSES.sub("%2B%2B", text).replace("+", " ").encode("latin-1", "replace"))
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def callback_of(query: Mapping[str, str]) -> str | None:
    """Give the name of the JSONP function, or None.

    :raises ApiError: for a name that could be anything else than a name.
    """
    callback = query.get("callback")
    if callback is None:
        return None
    if not _CALLBACK.fullmatch(callback):
        raise ApiError(BAD_CALLBACK)
    return callback


def keys_of(query: Mapping[str, str]) -> Keys:
    """Give the keys that a book is to have, None for all: `fields=id,title`, or the short form of `summary=1`."""
    fields = dict.fromkeys(name.strip() for name in query.get("fields", "").split(",") if name.strip())
    if fields:
        return None if "all" in fields else tuple(name for name in fields if name in ALL_KEYS)
    return _SHORT if query.get("summary") in {"1", "true"} else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: the words, how many books are skipped, how many are wanted."""

    text: str
    start: int
    count: int


def search_of(query: Mapping[str, str]) -> Asked:
    """Read a search. `count` is never refused: it is clipped, and nonsense counts as not given.

    :raises ApiError: without words, or for a `start` that is no number.
    """
    text = with_pluses(query.get("q") or query.get("tag") or "")[:LONGEST_QUERY]
    if not text:
        raise ApiError(MISSING_ARGS)
    start = query.get("start", "").strip() or "0"
    if not _WHOLE_NUMBER.fullmatch(start):
        raise ApiError(BAD_START)
    number = _LEADING_NUMBER.match(query.get("count", ""))
    return Asked(text, int(start), min(int(number[1]), MOST_BOOKS) if number else BOOKS)
