"""The book API: the texts that stand for a book and for a series.

The services that this one replaces are dead, and programs have stored ids that they gave out: small numbers. Ours begin behind
them, so that a stored id is an unknown book and never another one.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

#: What is added to the id of a row.
FIRST_ID = 100_000_000
_ID = re.compile(r":?([1-9][0-9]{8,17})", re.ASCII)


def book_id(row_id: int) -> str:
    """Return the text by which clients name the book of this row."""
    return str(FIRST_ID + row_id)


def row_id_of(said: str) -> int | None:
    """Return the row's id that a client means; None for what this service never gave out."""
    match = _ID.fullmatch(said)
    number = int(match[1]) - FIRST_ID if match else 0
    return number if number > 0 else None


def series_id(title: str) -> str:
    """Return the text by which clients name a series: its title in letters that every address may hold."""
    return urlsafe_b64encode(title.encode("utf-8", "surrogatepass")).rstrip(b"=").decode("ascii")


def series_title(said: str) -> str | None:
    """Return the title of the series that a client means; None for what is not a text of `series_id`."""
    said = said.removeprefix(":")
    try:
        title = urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode()
    except ValueError:
        return None
    return title if title and series_id(title) == said else None
