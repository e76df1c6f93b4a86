"""http: where to go from a refusal: the page on which what is missing can be done."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.domain.beans import NotEnoughBeans, RatioTooLow
from app.domain.drift import WrongParty, WrongState
from app.domain.drift_request import SameBookAsked, TooLate, TooManyOpenDrifts
from app.domain.errors import Refusal
from app.domain.gift import GiftInDrift, NotConfirmed


@dataclass(frozen=True, slots=True)
class WayOn:
    """A link and its words."""

    url: str
    label: str


_GIVE = ("web.my_gifts", lazy_gettext("送一本书"))
_DRIFTS = ("web.pending", lazy_gettext("去看鱼漂"))
_WAYS: dict[type[Refusal], tuple[str, object]] = {
    NotEnoughBeans: _GIVE,
    RatioTooLow: _GIVE,
    TooManyOpenDrifts: _DRIFTS,
    SameBookAsked: _DRIFTS,
    GiftInDrift: _DRIFTS,
    WrongParty: _DRIFTS,
    WrongState: _DRIFTS,
    NotConfirmed: ("user.personal", lazy_gettext("去个人中心")),
}


def find_way_on(refusal: Refusal) -> WayOn | None:
    """Find the page that helps after a refusal; None where the first page is as good as any."""
    if isinstance(refusal, TooLate) and refusal.values["others"]:
        return WayOn(url_for("web.detail", isbn=refusal.values["isbn13"]), _("看看还有谁在送"))
    endpoint, label = _WAYS.get(type(refusal), ("", ""))
    return WayOn(url_for(endpoint), str(label)) if endpoint else None
