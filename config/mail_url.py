"""Read the address that says how mail leaves the house (``YUSHU_MAIL_URL``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

WANTED = "console:, memory:, smtp://user:password@host:port or smtps://user:password@host:port"

_DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailUrl:
    """Where mails go: `scheme` is ``console``, ``memory``, ``smtp`` or ``smtps``; the rest is for the last two."""

    scheme: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)


def read_mail_url(text: str) -> MailUrl:
    """Read one of the four forms; user and password are percent-decoded, the port is 25 (smtp) or 465 (smtps) unless given.

    :raises ValueError: for anything else: an unknown scheme, no host, a wrong port, a user without a password, parts that
        mean nothing here. The message never repeats the text, which may hold a password.
    """
    if text in {"console:", "memory:"}:
        return MailUrl(scheme=text.removesuffix(":"))
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(WANTED) from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    surplus = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or surplus or bool(user) != bool(password) or port == 0:
        raise ValueError(WANTED)
    return MailUrl(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or _DEFAULT_PORTS[parts.scheme],
        user=user,
        password=password,
    )
