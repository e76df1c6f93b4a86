"""The typed shim over Flask-WTF."""

from __future__ import annotations

from flask_wtf import FlaskForm


class Form(FlaskForm):  # type: ignore[misc]
    """A form of the site, with CSRF protection."""


class QueryForm(Form):
    """A form that arrives in a query string: nothing is changed by it, so it carries no token."""

    class Meta:
        """Without a token."""

        csrf = False
