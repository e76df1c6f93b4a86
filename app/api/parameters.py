"""The book API: read what clients really send, which is not always what they should.

Programs build these addresses by string formatting: `q=C++` comes unescaped, an `&` before `start` is forgotten, old Windows
programs escape Chinese in GBK.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request

from app.api.bodies import ALL_KEYS, Keys
from app.api.problems import BAD_CALLBACK, BODY_TOO_LARGE, MISSING_ARGS, WRONG_BODY, ApiError
from app.libs.urls import with_pluses
from app.search.query_parser import clip

MOST_BOOKS = 100
BOOKS = 20
MOST_QUERY_PARAMETERS = 100
LARGEST_FORM = 8 * 1024
FORM = "application/x-www-form-urlencoded"

_CALLBACK = re.compile(r"[A-Za-z0-9_]{1,50}", re.ASCII)
_LEADING_NUMBER = re.compile(r"\s*([0-9]{1,40})", re.ASCII)
_LAST_START = 999_999_999
_TWO_PLUSES = re.compile(r"\+\+")
_SHORT = ("id", "title", "author", "image", "isbn")


def query_of(query_string: str) -> Mapping[str, str]:
    """Read a query string; of a name that comes twice the first value counts.

    One plus is a space; two in a row are meant as they stand (C++), for nobody escapes two spaces.
    """
    found: dict[str, str] = {}
    for part in query_string.split("&", MOST_QUERY_PARAMETERS):
        name, _, value = part.partition("=")
        found.setdefault(_decoded(name), _decoded(value))
    return found


def _decoded(text: str) -> str:
    raw = unquote_to_bytes(_TWO_PLUSES.sub("%2B%2B", text).replace("+", " ").encode("latin-1", "replace"))
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def form_of(request: Request) -> Mapping[str, str]:
    """Read the parameters of a POST's body as those of a query string are read.

    :raises ApiError: for more than 8 KiB, and for a body of another kind than browsers' forms have.
    """
    request.max_content_length = LARGEST_FORM
    try:
        body = request.get_data()
    except RequestEntityTooLarge:
        raise ApiError(BODY_TOO_LARGE) from None
    if body and request.mimetype not in {"", FORM}:
        raise ApiError(WRONG_BODY)
    return query_of(body.decode("latin-1")) if body else {}


def callback_of(query: Mapping[str, str]) -> str | None:
    """Return the name of the JSONP function, or None; an empty one is as not given.

    :raises ApiError: for a name that could be anything else than a name.
    """
    callback = query.get("callback")
    if not callback:
        return None
    if not _CALLBACK.fullmatch(callback):
        raise ApiError(BAD_CALLBACK)
    return callback


def keys_of(query: Mapping[str, str]) -> Keys:
    """Return the keys that a book is to have, None for all: `fields=id,title`, or the short form of `summary=1`."""
    fields = dict.fromkeys(name.strip() for name in query.get("fields", "").split(",") if name.strip())
    if fields:
        return None if "all" in fields else tuple(name for name in fields if name in ALL_KEYS)
    return _SHORT if query.get("summary") in {"1", "true"} else None


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a list: how many entries are skipped, how many are wanted."""

    start: int
    count: int


@dataclass(frozen=True, slots=True)
class SearchParameters:
    """A search: the words, and which of the books."""

    text: str
    span: Span


def search_of(query: Mapping[str, str]) -> SearchParameters:
    """Read a search.

    :raises ApiError: without words.
    """
    text = clip(with_pluses(query.get("q") or query.get("tag") or ""))
    if not text:
        raise ApiError(MISSING_ARGS)
    return SearchParameters(text, span_of(query))


def span_of(query: Mapping[str, str]) -> Span:
    """Read `start` and `count`. Neither is ever refused: what is no number, or below what has a meaning, is as not given."""
    return Span(_number(query, "start") or 0, min(_number(query, "count") or BOOKS, MOST_BOOKS))


def _number(query: Mapping[str, str], name: str) -> int | None:
    """Return the number that a parameter begins with (`15start=0` is a 15 whose `&` was forgotten)."""
    match = _LEADING_NUMBER.match(query.get(name, ""))
    return min(int(match[1]), _LAST_START) if match else None
