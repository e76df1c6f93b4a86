"""Languages of library records as the codes that pages understand."""

from __future__ import annotations

import pytest

from app.domain.language import language_of_marc


@pytest.mark.parametrize(
    ("marc", "code"),
    [("chi", "zh"), ("eng", "en"), ("scr", "hr"), ("iri", "ga"), ("grc", "grc"), ("", "")],
)
def test_a_code_of_two_letters_where_there_is_one(marc: str, code: str) -> None:
    assert language_of_marc(marc) == code


@pytest.mark.parametrize("marc", ["und", "mul", "zxx", "mis"])
def test_no_language_is_none(marc: str) -> None:
    assert language_of_marc(marc) == ""
