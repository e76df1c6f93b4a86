"""The welcome: paid once per person, told apart by their canonical mail address."""

from __future__ import annotations

import hashlib

_DOTLESS = frozenset({"gmail.com", "googlemail.com"})


def welcome_mark(email_key: str) -> str:
    """Give the mark of a folded address under which the welcome is entered once: tags, and Gmail's dots, change nothing.

    >>> welcome_mark("a.b+x@gmail.com") == welcome_mark("ab@gmail.com")
    True
    """
    local, _, domain = email_key.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTLESS:
        local = local.replace(".", "")
    return hashlib.sha256(f"{local}@{domain}".encode()).hexdigest()[:40]
