"""Addresses: does a target stay on this site? What was meant by a text that came in one?"""

from __future__ import annotations

import re
from urllib.parse import unquote

_NEVER_IN_A_PATH = re.compile(r"[\x00-\x20\x7f\\]")
_DECODING_ROUNDS = 8
_LOST_PLUSES = re.compile(r"\A([Cc])  (?= |\Z)")


def same_site_path(target: str | None, default: str = "/") -> str:
    r"""Return the target if it is a path on this site, else the default.

    Refused, so that a link of ours cannot send anyone elsewhere: absolute addresses, ``//host``, ``/\host``, control
    characters and spaces, and each of these percent-encoded once or more.
    """
    if not target:
        return default
    plain = target
    for _ in range(_DECODING_ROUNDS):  # no honest link is encoded this often
        path = plain.split("?", 1)[0]
        if not path.startswith("/") or path.startswith("//") or _NEVER_IN_A_PATH.search(path):
            return default
        plain = unquote(plain)
    return target if target.isprintable() and "\\" not in target else default


def with_pluses(text: str) -> str:
    """Return a query with the pluses of a C++ in front that arrived as blanks, as each unescaped plus of an address does."""
    return _LOST_PLUSES.sub(r"\1++", text)
