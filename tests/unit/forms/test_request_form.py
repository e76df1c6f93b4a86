"""What a parcel service needs to know of whom a book is sent to."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.domain.drift_request import is_mobile
from app.domain.gift import Condition, Postage
from app.forms.base import Form
from app.forms.drift import OfferForm, RequestForm


@pytest.mark.parametrize(("form_class", "name"), [(OfferForm, "note"), (RequestForm, "message")])
def test_two_hundred_characters_may_be_said_of_a_book(app: Flask, form_class: type[Form], name: str) -> None:
    copy = {"condition": Condition.GOOD.value, "postage": Postage.GIVER.value, "handover": "y"}
    with app.test_request_context(method="POST"):
        for length, fits in ((200, True), (201, False)):
            form = form_class(MultiDict(copy | {name: "书" * length}))
            form.validate()
            assert (name not in form.errors) is fits


@pytest.mark.parametrize(("name", "shortest", "longest"), [("recipient_name", 2, 20), ("address", 10, 100)])
def test_a_name_and_an_address_have_their_lengths_unless_the_two_meet(
    app: Flask, name: str, shortest: int, longest: int
) -> None:
    right = {"recipient_name": "林小满", "mobile": "13800138000", "address": "四川省成都市青羊区草堂路三十七号"}
    with app.test_request_context(method="POST"):
        for length in (shortest - 1, shortest, longest, longest + 1):
            form = RequestForm(MultiDict(right | {name: "书" * length}))
            form.validate()
            assert (name in form.errors) == (length in {shortest - 1, longest + 1}), length
        met = RequestForm(MultiDict({"handover": "y"}))
        met.validate()
        assert not {name, "mobile"} & met.errors.keys()


@pytest.mark.parametrize("typed", ["138 0013 8000", "138-0013-8000", "+49 (151) 1234-5678", " 13800138000 "])
def test_a_mobile_number_may_be_typed_in_groups(app: Flask, typed: str) -> None:
    assert not is_mobile(typed)
    with app.test_request_context(method="POST"):
        form = RequestForm(MultiDict({"mobile": typed}))
        form.validate()
        assert "mobile" not in form.errors
        assert is_mobile(str(form.mobile.data))
