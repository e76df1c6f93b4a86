"""Every form of the site cleans what is typed into it."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import PasswordField, StringField
from wtforms.validators import Length, NumberRange

import app.forms
from app.forms.base import Form, QueryForm

for _module in pkgutil.iter_modules(app.forms.__path__):
    importlib.import_module(f"app.forms.{_module.name}")
FORMS = sorted({*Form.__subclasses__(), *QueryForm.__subclasses__()} - {QueryForm}, key=lambda form: form.__name__)
#: The least that a field wants only where a book is sent by post.
SHORTEST = {"recipient_name": {2}, "address": {10}}
TYPED = "one\x00\ufffe\x07two"


@pytest.mark.parametrize("form_class", FORMS, ids=lambda form: form.__name__)
def test_no_field_lets_in_what_is_no_character(app: Flask, form_class: type[Form]) -> None:
    with app.test_request_context(method="POST"):
        names = [field.name for field in form_class() if isinstance(field, StringField)]
        form = form_class(MultiDict(dict.fromkeys(names, TYPED)))
        for name in names:
            kept = TYPED if isinstance(form[name], PasswordField) else {"onetwo", "one   two", "one two"}
            assert form[name].data in kept, name


@pytest.mark.parametrize("form_class", FORMS, ids=lambda form: form.__name__)
def test_a_message_about_a_length_or_a_range_names_its_very_numbers(app: Flask, form_class: type[Form]) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh"}):
        for field in form_class():
            for check in field.validators:
                if isinstance(check, Length | NumberRange) and check.message and field.name != "mobile":
                    message = str(check.message) % {"min": check.min, "max": check.max}
                    numbers = {int(number) for number in re.findall("[0-9]+", message)}
                    assert numbers <= {check.min, check.max} | SHORTEST.get(field.name, set()), field.name
                    assert not numbers or check.max in {*numbers, None}, field.name
