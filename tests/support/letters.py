"""Every letter of the site, with something to fill in."""

from __future__ import annotations

from typing import Any

from app.libs.translations import LANGUAGES
from app.mail.rendering import Renderer

SITE = "https://yushu.example"
#: A value for each name that any kind of mail uses; a new name is added here.
SAMPLE: dict[str, Any] = {"name": "渔夫", "secret": {"token": "t0k-EN_", "minutes": 60, "hours": 48}}

RENDERER = Renderer(site_url=SITE)
EVERY_MAIL = [(kind, language) for kind in RENDERER.kinds() for language in LANGUAGES]


def sample_for(kind: str, language: str) -> dict[str, Any]:
    return dict.fromkeys(RENDERER.names_wanted(kind, language), 1_795_000_000) | SAMPLE
