"""Choose a transport by the setting ``YUSHU_MAIL_URL``."""

from __future__ import annotations

from app.mail.transports.console import ConsoleTransport
from app.mail.transports.memory import MemoryTransport
from app.mail.transports.port import Transport
from app.mail.transports.smtp import SmtpTransport
from config.mail_url import read_mail_url


def transport_for(url: str) -> Transport:
    """Return the transport that the URL names.

    :raises ValueError: for anything but the four forms that `read_mail_url` knows.
    """
    where = read_mail_url(url)
    if where.scheme == "console":
        return ConsoleTransport()
    if where.scheme == "memory":
        return MemoryTransport()
    return SmtpTransport(where)
