"""Put one question to a source and read its loose JSON; every way in which that fails is a `SourceFailedError`.

What is missing in an answer, or of another kind than expected, counts as empty.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

from app.domain.book import BookFacts
from app.domain.book_entry import NotABookEntry, book_facts
from app.domain.isbn import canonical
from app.libs.http_client import (
    HostRefusedError,
    HttpAnswer,
    HttpClient,
    HttpClientError,
    TooLargeError,
    TooSlowError,
    UnreachableError,
)
from app.sources.port import Failure, SourceFailedError

#: Old servers in China declare these; other declarations (Latin-1 above all) would turn any bytes into nonsense.
_OTHER_CHARSETS = frozenset({"gbk", "gb2312", "gb18030", "big5"})
_FAILURES: dict[type[HttpClientError], Failure] = {
    TooSlowError: Failure.SLOW,
    TooLargeError: Failure.TOO_LARGE,
    HostRefusedError: Failure.HOST_REFUSED,
    UnreachableError: Failure.UNREACHABLE,
}


@dataclass(frozen=True, slots=True)
class Reply:
    """A JSON object and the HTTP status it came with: 200 or 404."""

    status: int
    data: dict[str, Any]


def ask(client: HttpClient, url: str, *, seconds: float, params: Mapping[str, str] | None = None) -> Reply:
    """Return the source's JSON object; 404 counts as an answer, because some sources say so of an unknown book.

    :raises SourceFailedError: for anything else.
    """
    try:
        answer = client.get(url, seconds=seconds, params=params)
    except HttpClientError as failed:
        raise SourceFailedError(_FAILURES[type(failed)], str(failed)) from failed
    _ensure_answered(answer)
    return Reply(answer.status, _object(answer))


def _ensure_answered(answer: HttpAnswer) -> None:
    status = answer.status
    if status in {200, 404}:
        return
    if status == 429:
        raise SourceFailedError(Failure.LIMITED, retry_after=answer.retry_after)
    if status in {401, 403}:
        raise SourceFailedError(Failure.FORBIDDEN, str(status))
    raise SourceFailedError(Failure.FAILING, str(status), retry_after=answer.retry_after)


def _object(answer: HttpAnswer) -> dict[str, Any]:
    try:
        data = json.loads(_text(answer))
    except (ValueError, RecursionError) as wrong:
        raise SourceFailedError(Failure.MALFORMED, "not JSON") from wrong
    if not isinstance(data, dict):
        raise SourceFailedError(Failure.MALFORMED, "not a JSON object")
    return data


def _text(answer: HttpAnswer) -> str:
    """Decode the body: JSON is UTF-8, even if the header says otherwise; an old charset counts only if the bytes are no UTF-8."""
    try:
        return answer.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = Message()
        declared["Content-Type"] = answer.content_type
        charset = (declared.get_content_charset() or "").lower()
        if charset not in _OTHER_CHARSETS:
            raise
        return answer.body.decode("gb18030" if charset.startswith("gb") else charset)


_CHINESE = re.compile("[\u4e00-\u9fff]")
_CHINESE_GROUPS = ("9787", "978957", "978986", "978626", "978962", "978988", "97899937", "97899965")


def dicts(value: object) -> list[dict[str, Any]]:
    """Return the objects of a list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def mapping(value: object) -> dict[str, Any]:
    """Return an object, or an empty one."""
    return value if isinstance(value, dict) else {}


def texts(value: object) -> list[str]:
    """Return the texts of a list; a lone text is a list of one."""
    entries = value if isinstance(value, list) else [value]
    return [entry for entry in entries if isinstance(entry, str) and entry.strip()]


def names(value: object, key: str = "name") -> list[str]:
    """Return what stands under `key` in a list of objects."""
    return [entry[key] for entry in dicts(value) if isinstance(entry.get(key), str)]


def names_isbn(candidates: Iterable[str], isbn13: str) -> bool:
    """Whether one of these numbers, of ten digits or thirteen, is this ISBN."""
    return any(canonical(number) == isbn13 for number in candidates)


def isbn_of(numbers: Iterable[str], title: str) -> str:
    """Return one ISBN-13 of an entry that may stand for many editions: of the title's own language if possible, or "".

    Chinese titles are published with 978-7 and the numbers of Taiwan, Hong Kong and Macau, others hardly ever are.
    """
    isbns = list(filter(None, map(canonical, numbers)))
    is_chinese = bool(_CHINESE.search(title))
    return next((isbn13 for isbn13 in isbns if isbn13.startswith(_CHINESE_GROUPS) is is_chinese), "".join(isbns[:1]))


def facts_or_none(fields: Mapping[str, Any], *, source: str) -> BookFacts | None:
    """Return the cleaned facts, or None for an entry that describes no book (no title, say)."""
    try:
        return book_facts(fields, source=source)
    except NotABookEntry:
        return None


def first_books(candidates: Iterable[BookFacts | None], limit: int) -> list[BookFacts]:
    """Return the first so many of those that are books, each ISBN once."""
    found: dict[str, BookFacts] = {}
    for facts in candidates:
        if facts is not None and len(found) < limit:
            found.setdefault(facts.isbn13, facts)
    return list(found.values())
