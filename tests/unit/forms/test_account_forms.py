"""What the forms of an account take: codes as they are made, passwords and numbers within their bounds."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.domain.account import make_invitation_code, make_recovery_code
from app.forms.account import CodeForm, InvitationForm, RegisterForm
from app.forms.base import Form


def has_error(app: Flask, form_class: type[Form], name: str, typed: str) -> bool:
    """Return whether a form finds fault with what is typed into one of its fields."""
    with app.test_request_context(method="POST"):
        form = form_class(MultiDict({name: typed}))
        form.validate()
        return name in form.errors


@pytest.mark.parametrize(
    ("name", "fitting", "unfit"),
    [("places", (1, 30, 200), (0, -1, 201, 10**400)), ("days", (1, 14, 90), (0, -1, 91, 10**400))],
)
def test_an_invitation_is_for_two_hundred_and_ninety_days_at_most(
    app: Flask, name: str, fitting: tuple[int, ...], unfit: tuple[int, ...]
) -> None:
    assert [has_error(app, InvitationForm, name, str(number)) for number in fitting] == [False] * 3
    assert [has_error(app, InvitationForm, name, str(number)) for number in unfit] == [True] * 4


@pytest.mark.parametrize(("length", "fits"), [(7, False), (8, True), (128, True), (129, False)])
def test_a_password_is_as_long_as_the_message_says(app: Flask, length: int, *, fits: bool) -> None:
    assert has_error(app, RegisterForm, "password", "尺" * length) is not fits


def test_codes_fit_into_their_fields_with_spaces_around_them(app: Flask) -> None:
    assert not has_error(app, RegisterForm, "invitation", f"  {make_invitation_code()}  ")
    assert not has_error(app, CodeForm, "code", f"  {make_recovery_code()}  ")
