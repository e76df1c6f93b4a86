"""A member's city: found by its name, chosen, shown or not, removed."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.container import container
from app.domain.city import City, find_cities, find_city
from app.domain.city_choice import CHANGE_DAYS, CHANGES, SHOWN_FROM, CityChangedTwice, NoSuchCity
from app.forms.account import CityForm
from app.http.auth import confirmed_required
from app.http.places import city_label
from app.user.blueprint import user


@user.route("/personal/city", methods=["GET", "POST"])
@confirmed_required
def city() -> ResponseReturnValue:
    """Show the member's city, look one up, and store what is chosen."""
    typed = request.args.get("q", "").strip()
    own = find_city(g.user.city_id) if g.user.city_id is not None else None
    found = _found(typed, own)
    form = CityForm(data={"city": found[0].id if found else None, "shown": g.user.city_shown or own is None})
    if request.method == "POST":
        found = tuple(filter(None, [find_city(form.city.data or 0)]))
    form.offer([(one.id, city_label(one)) for one in found])
    if form.is_submitted() and form.city.data is not None and not found:
        form.form_errors = [NoSuchCity().message(g.language)]
    elif form.validate_on_submit() and _choose(form):
        flash(_("记下了。"), "success")
        return redirect(url_for("user.city"), 303)
    page = render_template(
        "user/city.html",
        form=form,
        typed=typed,
        found=found,
        own=own,
        named=own is not None and bool(container.exchange.cities.list_named_of([own.id])),
        rules={"days": CHANGE_DAYS, "changes": CHANGES, "members": SHOWN_FROM},
    )
    return page, 400 if request.method == "POST" else 200


@user.post("/personal/city/forget")
@confirmed_required
def forget_city() -> ResponseReturnValue:
    """Remove the member's city."""
    container.members.cities.choose(g.user.id, None, shown=False)
    flash(_("你的城市已经删掉。"), "success")
    return redirect(url_for("user.city"), 303)


def _found(typed: str, own: City | None) -> Sequence[City]:
    """Return the cities to choose from: those of a typed name, the one that a suggestion led to, else the member's own."""
    if typed:
        return find_cities(typed)
    chosen = find_city(request.args.get("city", 0, type=int))
    return tuple(filter(None, [chosen or own]))


def _choose(form: CityForm) -> bool:
    try:
        container.members.cities.choose(g.user.id, form.city.data, shown=form.shown.data)
    except (NoSuchCity, CityChangedTwice) as refusal:
        form.city.errors = [refusal.message(g.language)]
        return False
    return True
