"""http: say on the next page what was wrong with a form that is too small for errors of its own."""

from __future__ import annotations

from flask import flash

from app.forms.base import Form


def flash_errors(form: Form) -> None:
    """Flash each error of a form that did not validate."""
    for errors in form.errors.values():
        for error in errors:
            flash(str(error), "error")
