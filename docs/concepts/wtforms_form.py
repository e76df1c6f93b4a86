"""WTForms: a form is a class; it reads text, makes values of it, and keeps the complaints."""

from werkzeug.datastructures import MultiDict
from wtforms import Form, IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError


class SearchForm(Form):
    q = StringField(filters=[lambda text: text.strip() if text else text], validators=[DataRequired(), Length(max=30)])
    page = IntegerField(default=1, validators=[NumberRange(1, 99)])

    def validate_q(self, field: StringField) -> None:
        """Check one field more: found by its name, ``validate_`` and the field's."""
        if field.data and set(field.data) <= {"%"}:
            raise ValidationError("Only per cent signs.")


class ShelfForm(Form):
    copies = IntegerField(validators=[InputRequired()])
    careless = IntegerField(validators=[DataRequired()])


def main() -> None:
    good = SearchForm(MultiDict([("q", "  三体 "), ("page", "2"), ("is_admin", "1")]))
    assert good.validate()
    print("good:", good.data)  # no is_admin: what is no field does not come in
    assert good.data == {"q": "三体", "page": 2}

    for sent in ({"q": "%%", "page": "0"}, {"q": " ", "page": "two"}):
        bad = SearchForm(MultiDict(sent))
        assert not bad.validate()
        print("bad: ", bad.errors)

    # The trap: DataRequired asks for a true value, and 0 is none. InputRequired asks whether anything was sent.
    zero = ShelfForm(MultiDict({"copies": "0", "careless": "0"}))
    assert not zero.validate()
    print("0 copies:", zero.errors)
    assert list(zero.errors) == ["careless"]

    # The same object draws the field again, with what was typed, escaped.
    typed = SearchForm(MultiDict({"q": '"><script>'}))
    print("drawn:", typed.q(class_="form-control"))
    assert "<script>" not in str(typed.q())


if __name__ == "__main__":
    main()
