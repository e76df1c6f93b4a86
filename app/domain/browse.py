"""Ways into the catalogue that are counted, besides the names that books are listed by."""

from __future__ import annotations

from enum import StrEnum


class BrowseKind(StrEnum):
    """What a number is of; the value stands in the database."""

    LANGUAGE = "language"
    DECADE = "decade"
    WISHED = "wished"
    TRAVELLED = "travelled"
