"""What stands above a list of books: how many there are, and chips that narrow it to a language or to what can be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.search.index.port import Count
from app.search.results import SearchPage
from app.web.template_helpers import language_name

_SHORTEST_FILTER_LIST = 2


@dataclass(frozen=True, slots=True)
class Filter:
    """One chip above the results; `count` is "" for the one that shows all."""

    label: str
    url: str
    count: str
    chosen: bool


def total_of(result: SearchPage) -> str:
    """Return how many books there are, as a sentence."""
    if result.total_is_exact:
        return str(ngettext("共 %(total)s 本。", "共 %(total)s 本。", result.total, total=f"{result.total:,}"))
    return str(_("大约 %(total)s 本。", total=f"{result.total:,}"))


def filters_of(result: SearchPage, endpoint: str, arguments: dict[str, Any]) -> list[Filter]:
    """Return the chips of a page of results; each leads to `endpoint` with the arguments that it has and the filter's own."""
    return [*_language_filters(result, endpoint, arguments), *_gift_filter(result, endpoint, arguments)]


def _language_filters(result: SearchPage, endpoint: str, arguments: dict[str, Any]) -> list[Filter]:
    if len(result.languages) < _SHORTEST_FILTER_LIST and not result.language:
        return []
    others = {name: value for name, value in arguments.items() if name != "language"}
    everything = Filter(_("全部"), url_for(endpoint, **others), "", result.language is None)
    return [
        everything,
        *(
            Filter(
                language_name(code),
                url_for(endpoint, language=code, **others),
                _number(count),
                code == result.language,
            )
            for code, count in result.languages
        ),
    ]


def _gift_filter(result: SearchPage, endpoint: str, arguments: dict[str, Any]) -> list[Filter]:
    """Return the chip that narrows the answer to what can be had; chosen, it leads back to all."""
    if not (result.gifts.value or result.offered):
        return []
    url = url_for(endpoint, **arguments | {"gift": None if result.offered else 1})
    return [Filter(_("有人在送"), url, _number(result.gifts), result.offered)]


def _number(count: Count) -> str:
    return f"{count.value:,}" if count.is_exact else _("约 %(number)s", number=f"{count.value:,}")
