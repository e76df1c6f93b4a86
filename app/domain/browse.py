"""Ways into the catalogue that are counted, besides the names that books are listed by."""

from __future__ import annotations

import re
from enum import StrEnum

from app.domain.errors import Refusal

_LANGUAGE = re.compile(r"[a-z]{2,3}")


class BrowseKind(StrEnum):
    """What a number is of; the value stands in the database."""

    LANGUAGE = "language"
    DECADE = "decade"
    WISHED = "wished"
    TRAVELLED = "travelled"


class NoSuchLanguage(Refusal):
    """A list or a search is to be narrowed to what is no language."""

    zh = "没有这种语言的书。"
    en = "There are no books in such a language."
    status = 400


def is_language(code: str) -> bool:
    """Return whether a code may be that of a language that books are listed by."""
    return _LANGUAGE.fullmatch(code) is not None
