"""The book API: every way to say no, in the three keys that its clients have always been given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """What went wrong: HTTP status, the number and the word that clients compare. Numbers as in Douban's v2 where it had one."""

    status: int
    code: int
    msg: str


BOOK_NOT_FOUND = Kind(404, 6000, "book_not_found")
URI_NOT_FOUND = Kind(404, 1001, "uri_not_found")
WRONG_METHOD = Kind(405, 101, "invalid_request_method")
MISSING_ARGS = Kind(400, 1002, "missing_args")
SERIES_NOT_FOUND = Kind(404, 6001, "series_not_found")
BODY_TOO_LARGE = Kind(413, 1099, "body_too_large")
WRONG_BODY = Kind(415, 1099, "body_not_urlencoded")
BAD_CALLBACK = Kind(400, 1099, "invalid_parameter: callback")
TOO_MANY_REQUESTS = Kind(429, 112, "rate_limit_exceeded")
UNAVAILABLE = Kind(503, 998, "service_unavailable")
UNKNOWN_ERROR = Kind(500, 999, "unknown_v2_error")


class ApiError(Exception):
    """Answer with this kind of problem; `headers` go with it, and a `detail` for people where there is more to say."""

    def __init__(self, kind: Kind, *, detail: str = "", **headers: str) -> None:
        super().__init__(kind.msg)
        self.kind = kind
        self.detail = detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def problem_body(kind: Kind, *, method: str, path: str, detail: str = "") -> dict[str, object]:
    """Return the JSON object that says what is wrong with which request."""
    body: dict[str, object] = {"msg": kind.msg, "code": kind.code, "request": f"{method} {path}"}
    return body | {"detail": detail} if detail else body
