"""Providers: put one question to a source and read its JSON; every way in which that fails is a `SourceFailedError`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

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
    """Decode the body: JSON is UTF-8, whatever the header says; an old charset counts only if the bytes are no UTF-8."""
    try:
        return answer.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = Message()
        declared["Content-Type"] = answer.content_type
        charset = (declared.get_content_charset() or "").lower()
        if charset not in _OTHER_CHARSETS:
            raise
        return answer.body.decode("gb18030" if charset.startswith("gb") else charset)
