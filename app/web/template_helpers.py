"""What every template may ask for, besides the data of its own page."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import current_app, g, request, url_for
from flask_babel import format_date, format_datetime, get_locale
from markupsafe import Markup, escape

from app.libs.clock import from_epoch
from app.libs.user_agent import device_name
from app.web.blueprint import web

_BOOK_LANGUAGES = {"zh": "zh-CN", "": "", "mul": "", "und": ""}
_NOTHING = Markup()
#: English writes out the month: nobody can tell the day from the month in 11/12.
_DAY_FORMATS = {"zh": "y/M/d", "en": "d MMM y"}
_MOMENT_FORMATS = {"zh": "y/M/d HH:mm", "en": "d MMM y, HH:mm"}


@web.app_template_global()
def has_page(endpoint: str) -> bool:
    """Whether the program has this page; a link to a page that it lacks is left out."""
    return endpoint in current_app.view_functions


#: No address of ours is longer; what is longer is not written into the links of its answer.
_LONGEST_ADDRESS = 1_000


@web.app_template_global()
def way_here() -> str:
    """Return the address of this page, for links that lead back to it; that of the first page where it is longer than any of ours."""
    return request.full_path if len(request.full_path) <= _LONGEST_ADDRESS else url_for("web.index")


@web.app_template_global()
def site_address(endpoint: str, **values: Any) -> str:
    """Return a page's full address: the site's own, never the host that a request happened to name."""
    return str(current_app.config["SITE_URL"]) + url_for(endpoint, **values)


@web.app_template_global()
def aria_current(endpoint: str) -> Markup:
    """Return the attribute that marks a link to the page one is on, or nothing."""
    return Markup(' aria-current="page"') if request.endpoint == endpoint else _NOTHING


@web.app_template_global()
@lru_cache(maxsize=256)
def lang_attr(language: str) -> Markup:
    """Return the `lang` attribute for words in a book's language (BCP 47), or nothing when it is not known."""
    tag = _BOOK_LANGUAGES.get(language, language)
    return Markup(f' lang="{escape(tag)}"') if tag else _NOTHING  # noqa: S704 - the tag is escaped


@web.app_template_filter()
def device(user_agent: str | None) -> str:
    """Name a browser by its User-Agent header; "" for one that is not known."""
    return device_name(user_agent or "", g.get("language", "zh"))


@web.app_template_filter()
def day(time: datetime) -> str:
    """Write the day of a time in UTC, in the site's time zone and the reader's language."""
    return str(format_date(time, _DAY_FORMATS[g.get("language", "zh")]))


@web.app_template_filter()
def moment(time: datetime) -> str:
    """Write a time in UTC to the minute, in the site's time zone and the reader's language."""
    return str(format_datetime(time, _MOMENT_FORMATS[g.get("language", "zh")]))


@web.app_template_filter()
def as_moment(time: int) -> str:
    """Write a time in epoch seconds like `moment`."""
    return moment(from_epoch(time))


@web.app_template_global()
def language_name(tag: str) -> str:
    """Return the name of a BCP 47 language in the visitor's language; one that has no name is shown as its tag."""
    names = get_locale().languages
    return str(names.get(tag.replace("-", "_")) or names.get(tag.split("-", maxsplit=1)[0]) or tag)
