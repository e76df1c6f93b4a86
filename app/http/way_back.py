"""The way back to the page that a form was sent from, for who was refused something there."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from flask import current_app, g, request, url_for
from flask_babel import gettext as _

from app.libs.urls import same_site_path


@dataclass(frozen=True, slots=True)
class NextStep:
    """A link and its words."""

    url: str
    label: str


#: Where forms stand whose sender the browser does not tell.
_PAGES = {
    "web.change_wish_scope": "web.my_wish",
    "web.satisfy": "web.my_gifts",
    "web.withdraw_gift": "web.my_gifts",
    "web.resume_gift": "web.my_gifts",
    "web.decide_drift": "web.moderation",
    "web.decide_works": "web.decided_works",
    "web.undo_decision": "web.decided_works",
    "user.appeal": "user.decisions",
}
_FIRST_PARTS = {"drift": "web.pending", "my": "user.book_lists", "moderation": "web.moderation"}


def lead_back_to(address: str) -> None:
    """Store where the form of this request stands, or what its page is about."""
    g.way_back = address


def find_way_back() -> NextStep | None:
    """Return the page of this site that a form was sent from, or the one where its things are; None where nothing was sent."""
    if request.method != "POST":
        return None
    address = _referring_page() or g.get("way_back") or _page_of_form()
    return NextStep(address, _("回到刚才那一页")) if address else None


def _referring_page() -> str:
    """Return the page that the browser names, if it is ours, can be opened, and is not the one that has just refused."""
    host, _slash, rest = (request.referrer or "").partition("://")[2].partition("/")
    page = same_site_path("/" + rest.partition("#")[0], "")
    path = page.partition("?")[0]
    is_ours = host == request.host and path not in {"", request.path}
    return page if is_ours and _can_be_opened(path) else ""


def _can_be_opened(path: str) -> bool:
    routes = current_app.create_url_adapter(request)
    return routes is not None and routes.test(unquote(path), "GET")


def _page_of_form() -> str:
    isbn = (request.view_args or {}).get("isbn")
    if isbn:
        return url_for("web.detail", isbn=isbn)
    endpoint = _PAGES.get(request.endpoint or "") or _FIRST_PARTS.get(request.path.split("/")[1], "")
    return url_for(endpoint) if endpoint else ""
