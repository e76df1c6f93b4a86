"""What a refusal is: a class for each, with its message in both languages."""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """The rules do not allow it. Subclasses give `zh` and `en`, with ``{name}`` for each value given when raised.

    `status` is the HTTP status of the page that says so.
    """

    zh: ClassVar[str]
    en: ClassVar[str]
    status: ClassVar[int] = 409

    def __init__(self, **values: Any) -> None:
        self.values = values

    def message(self, language: str) -> str:
        """Return the reason, in "zh" or "en"."""
        template = self.en if language == "en" else self.zh
        return template.format(**self.values)

    def __str__(self) -> str:
        return self.message("en")


class NotFound(Refusal):
    """There is no such thing, or it is not for this person to see."""

    zh = "没有找到你要的内容。"
    en = "There is nothing here by that name."
    status = 404


class AlreadyDone(Refusal):
    """The same person did the same before: a second press, not a mistake."""

    zh = "这一步之前已经做过了，什么都没有改变。"
    en = "You had done this before; nothing has changed."
