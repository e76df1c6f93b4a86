"""Definitions of the program that nothing uses, found by vulture. Templates count as users; tests do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from keyword import iskeyword
from pathlib import Path

from vulture import Vulture
from vulture.core import Item

from tests.lint.unused_allowed import ALLOWED

PLACES = ("app", "config", "fisher.py", "migrations/env.py")
_CALLED_BY_FLASK = [
    "@*.route",
    "@*.get",
    "@*.post",
    "@*.command",
    "@*.before_*",
    "@*.errorhandler",
    "@*.after_*",
    "@*.app_*",
    "@*.teardown_*",
]
_TAG = re.compile(r"\{[{%](.*?)[%}]\}", re.DOTALL)
_NAME = re.compile(r"[^\W\d]\w*")


def find_faults(root: Path) -> list[str]:
    """Return a line for each definition that nothing uses, and for each exception that is needed no longer."""
    found = dict(find_unused(root))
    unneeded = [
        f"tests/lint/unused_allowed.py: {name!r} is used or gone; delete the line"
        for name in ALLOWED
        if name not in found
    ]
    return [line for name, line in found.items() if name not in ALLOWED] + unneeded


def find_unused(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the name of each definition that nothing uses, with a line that says where it stands."""
    vulture = Vulture(ignore_names=["trace", "traceback", "validate_*"], ignore_decorators=_CALLED_BY_FLASK)
    vulture.scavenge([root / place for place in PLACES if (root / place).exists()])
    for template in (file for file in (root / "app").rglob("templates/**/*") if file.is_file()):
        vulture.scan("\n".join(names_in_template(template.read_text("utf-8"))), template)
    for item in vulture.get_unused_code(min_confidence=60):
        place = item.filename.relative_to(root).as_posix()
        if not _is_for_others(item, place):
            yield item.name, f"{place}:{item.first_lineno}: {item.message}"


def _is_for_others(item: Item, place: str) -> bool:
    """Return whether others look at it: attributes are set on a library's objects, columns are the schema's; ruff sees imports."""
    return item.typ in {"attribute", "import"} or (item.typ == "variable" and place.startswith("app/models/"))


def names_in_template(text: str) -> Iterator[str]:
    """Yield the words in the tags of a template: all names are among them."""
    for tag in _TAG.findall(text):
        yield from (word for word in _NAME.findall(tag) if not iskeyword(word))
