"""Times on pages: in the site's time zone, and so that nobody takes the day for the month."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask, g, render_template_string

LATE = datetime(2026, 11, 11, 18, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [("zh", "2026/11/12", "2026/11/12 02:05"), ("en", "12 Nov 2026", "12 Nov 2026, 02:05")],
)
def test_a_time_is_shown_in_the_readers_language(app: Flask, language: str, day: str, moment: str) -> None:
    with app.test_request_context("/"):
        g.language = language
        assert render_template_string("{{ t | day }}|{{ t | moment }}", t=LATE) == f"{day}|{moment}"
