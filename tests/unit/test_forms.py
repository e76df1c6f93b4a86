"""Every form of the site cleans what is typed into it."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import PasswordField, StringField

import app.forms
from app.forms.base import Form, QueryForm

for _module in pkgutil.iter_modules(app.forms.__path__):
    importlib.import_module(f"app.forms.{_module.name}")
FORMS = sorted({*Form.__subclasses__(), *QueryForm.__subclasses__()} - {QueryForm}, key=lambda form: form.__name__)
TYPED = "one\x00\ufffe\x07two"


@pytest.mark.parametrize("form_class", FORMS, ids=lambda form: form.__name__)
def test_no_field_lets_in_what_is_no_character(app: Flask, form_class: type[Form]) -> None:
    with app.test_request_context(method="POST"):
        names = [field.name for field in form_class() if isinstance(field, StringField)]
        form = form_class(MultiDict(dict.fromkeys(names, TYPED)))
        for name in names:
            kept = TYPED if isinstance(form[name], PasswordField) else {"onetwo", "one   two", "one two"}
            assert form[name].data in kept, name
