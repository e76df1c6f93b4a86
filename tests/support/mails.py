"""Mails that the site sent in a test, and the links in them."""

from __future__ import annotations

import re

from flask import Flask

from app.mail.transports import MemoryTransport


def post_office(app: Flask) -> MemoryTransport:
    """Put a transport into the app that keeps what it is given, and give it."""
    transport, container = MemoryTransport(), app.extensions["container"]
    container.mail.transport = transport
    container.operations.__dict__.pop("mail_delivery", None)  # it would hold on to the transport before
    return transport


def deliver(app: Flask) -> list[str]:
    """Send what is in the outbox and give the texts of all mails so far."""
    container = app.extensions["container"]
    with app.app_context():
        container.operations.mail_delivery.deliver_due()
    return [mail.text for mail in container.mail.transport.sent]


def link_in(text: str) -> str:
    """Return the path of the site's first link in a text."""
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", text)
    assert found, text
    return found.group(1)
