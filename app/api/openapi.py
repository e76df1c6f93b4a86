"""The book API: its description as an OpenAPI 3.1 document."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("openapi.json")


@cache
def document(site_url: str) -> dict[str, Any]:
    """Return the description of the API that is served at ``site_url``/v2."""
    described: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return described | {"servers": [{"url": f"{site_url}/v2"}]}
