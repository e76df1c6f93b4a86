"""Which editions may be one volume only, by their pages."""

from __future__ import annotations

import pytest

from app.domain.edition_pages import may_be_one_volume


@pytest.mark.parametrize(
    ("pages", "others", "is_partial"),
    [
        ("199", ("400", "400"), True),
        ("200", ("400", "400"), False),
        ("199", ("400",), False),
        ("", ("400", "400", "400"), False),
        ("199", ("400", "", "三百页"), False),
        ("100", ("100", "400", "400", "400"), True),
    ],
)
def test_an_edition_with_less_than_half_the_pages_may_be_one_volume(
    pages: str, others: tuple[str, ...], is_partial: bool
) -> None:
    assert may_be_one_volume(pages, (pages, *others)) is is_partial
