"""A list of books that is no answer to a search: by a name, a language, a decade; narrowed by chips and paged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.domain.browse import NoSuchLanguage, is_language
from app.http.paging import page_asked_for
from app.search.results import SearchPage
from app.web.filters import Filter, filters_of, total_of
from app.web.result_rows import ResultRows
from app.web.template_helpers import site_address


def language_asked_for() -> str | None:
    """Return the language that the query string narrows a list to; None where it names none.

    :raises NoSuchLanguage: for what can be none, as in a search.
    """
    asked = request.args.get("language", "")
    if asked and not is_language(asked):
        raise NoSuchLanguage
    return asked or None


def only_offered() -> bool:
    """Return whether the query string narrows a list to what can be had."""
    return request.args.get("gift") == "1"


def arguments_of(result: SearchPage, place: dict[str, Any]) -> dict[str, Any]:
    """Return what the address of a page of the list at `place` holds: the place, and what narrows it."""
    narrowed = {"language": result.language, "gift": int(result.offered)}
    return place | {key: value for key, value in narrowed.items() if value}


def _near_filter(endpoint: str, place: dict[str, Any], *, nearby: bool) -> list[Filter]:
    """Return the chip that leads to what is near a member who shows their city."""
    if not nearby or g.user is None or g.user.home is None:
        return []
    return [Filter(_("离你近的"), url_for(endpoint, **place, near=1), "", chosen=False)]


def show_list(
    result: SearchPage,
    *,
    heading: str,
    endpoint: str,
    place: dict[str, Any],
    steps: Sequence[tuple[str, str]],
    linked_data: dict[str, Any],
    isolated_heading: Markup | None = None,
    feed: str = "",
    nearby: bool = False,
) -> ResponseReturnValue:
    """Render a page of a list; 404 behind the last page.

    :param place: the arguments of `endpoint` that name the list. :param steps: the way to it, as (name, address).
    :param isolated_heading: the heading as HTML, where it is more than its text. :param feed: the address of its feed.
    :param nearby: whether the list can be narrowed to what is near the visitor.
    """
    arguments = arguments_of(result, place)
    behind_the_last = page_asked_for() > max(1, result.pages)
    page = render_template(
        "web/listed_books.html",
        heading=heading,
        isolated_heading=isolated_heading or heading,
        total=total_of(result),
        result=result,
        rows=[] if behind_the_last else ResultRows("", editions=result.editions).of(result.rows),
        filters=filters_of(result, endpoint, arguments) + _near_filter(endpoint, place, nearby=nearby),
        endpoint=endpoint,
        place=place,
        arguments=arguments,
        is_narrowed=arguments != place,
        behind_the_last=behind_the_last,
        address=site_address(endpoint, **place),
        steps=steps,
        feed=feed,
        linked_data=linked_data,
    )
    return (page, 404) if behind_the_last else page
