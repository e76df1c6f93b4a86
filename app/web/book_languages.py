"""The languages that books are in, by name."""

from __future__ import annotations

from flask_babel import get_locale


def language_name(tag: str) -> str:
    """Return the name of a BCP 47 language in the visitor's language; one that has no name is shown as its tag."""
    names = get_locale().languages
    return str(names.get(tag.replace("-", "_")) or names.get(tag.split("-", maxsplit=1)[0]) or tag)
