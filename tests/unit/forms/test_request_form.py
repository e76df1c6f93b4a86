"""What a parcel service needs to know of whom a book is sent to."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.forms.drift import RequestForm


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
