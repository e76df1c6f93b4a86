"""The typed shim over Flask-WTF."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, validators
from wtforms.fields.core import UnboundField

from app.domain.characters import cleaned


def _cleaned(value: object) -> object:
    return cleaned(value) if isinstance(value, str) else value


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form of the site, with CSRF protection. No text that is typed into one brings in what is no character."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF has no types
        """Every field but a password, which is taken as it is, is cleaned before its own filters see it."""

        def bind_field(self, form: FlaskForm, unbound_field: UnboundField[Any], options: dict[str, Any]) -> Any:
            """Bind a field, with the filter that cleans in front of its own."""
            if issubclass(unbound_field.field_class, PasswordField):
                return unbound_field.bind(form=form, **options)
            filters = (_cleaned, *unbound_field.kwargs.get("filters", ()))
            return UnboundField(
                unbound_field.field_class, *unbound_field.args, **unbound_field.kwargs | {"filters": filters}
            ).bind(form=form, **options)


class NumberRange(validators.NumberRange):
    """That of WTForms, which cannot compare a number of hundreds of digits."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        """Check that a number is in the range.

        :raises ValidationError: when it is not.
        """
        try:
            super().__call__(form, field)
        except OverflowError:
            raise validators.ValidationError(str(self.message)) from None


class QueryForm(Form):
    """A form that arrives in a query string: nothing is changed by it, so it carries no token."""

    class Meta:
        """Without a token."""

        csrf = False
