"""Offer books and ask for them through the pages, as members do."""

from __future__ import annotations

import re

from tests.support.exchange import ISBNS
from tests.support.pages import PageClient

BY_POST = {
    "recipient_name": "林小满",
    "mobile": "138 0013 8000",
    "address": "四川省成都市青羊区草堂路三十七号",
    "message": "想读",
}


def offer_book(giver: PageClient, isbn: str = ISBNS[0], **form: str) -> int:
    """Offer a book, and return the id of the gift."""
    giver.post(f"/gifts/book/{isbn}", form)
    return _newest(giver, "/my/gifts", "gifts")


def ask_for_book(reader: PageClient, gift: int, form: dict[str, str] | None = None) -> int:
    """Ask for a gift, and return the id of the drift."""
    assert reader.post(f"/drift/{gift}", form or BY_POST).location == "/pending"
    return _newest(reader, "/pending", "drift")


def _newest(client: PageClient, page: str, kind: str) -> int:
    actions = [form.get("action", "") for form in client.get(page).forms]
    return max(int(found[1]) for action in actions if (found := re.fullmatch(rf"/{kind}/(\d+)/withdraw", action)))
