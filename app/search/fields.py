"""Search: fields as people bring them from elsewhere (``title:``, ``author:``, 书名：): which words are said of what. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

FieldName = Literal["title", "author", "translator", "publisher", "series", "isbn"]

_APART: Final = "(?<![\u4e00-\u9fff])"
"""Not behind another character: 作家出版社：活着 is a publisher and a title."""

_LABELS: Final[dict[FieldName, str]] = {
    "title": "title|intitle|书名|書名|题名|題名|标题|標題",
    "author": "authors?|inauthor|作者|著者",
    "translator": "translators?|译者|譯者",
    "publisher": f"publisher|inpublisher|{_APART}(?:出版社|出版者)",
    "series": f"series|{_APART}(?:丛书名?|叢書名?)",
    "isbn": "isbn(?:[- ]?1[03])?|书号|書號",
}
_SPLIT = re.compile(rf"(?<![a-z])({'|'.join(_LABELS.values())})\s*:(?!//)", re.IGNORECASE)
_AROUND: Final = " \t\r\n,;，；、。|/\"'“”‘’="


@dataclass(frozen=True, slots=True)
class Field:
    """What is said of one field of a book."""

    name: FieldName
    value: str


def read_fields(text: str) -> tuple[tuple[Field, ...], str]:
    """Return the fields that a text names, and all its words without their names; no fields if it names none with a value."""
    before, *parts = _SPLIT.split(unicodedata.normalize("NFKC", text))
    labels, values = parts[::2], [part.strip(_AROUND) for part in parts[1::2]]
    named = [Field(_name(label), value) for label, value in zip(labels, values, strict=True)]
    fields = tuple(field for field in named if any(map(str.isalnum, field.value)))
    return fields, " ".join(filter(None, (before.strip(_AROUND), *values)))


def _name(label: str) -> FieldName:
    return next(name for name, labels in _LABELS.items() if re.fullmatch(labels, label, re.IGNORECASE))
