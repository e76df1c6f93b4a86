"""Name a browser as its owner would."""

from __future__ import annotations

from typing import Final

_BROWSERS: Final = (
    ("MicroMessenger/", "微信", "WeChat"),
    ("Edg", "Edge", "Edge"),
    ("SamsungBrowser/", "Samsung Internet", "Samsung Internet"),
    ("OPR/", "Opera", "Opera"),
    ("Firefox/", "Firefox", "Firefox"),
    ("FxiOS/", "Firefox", "Firefox"),
    ("CriOS/", "Chrome", "Chrome"),
    ("Chrome/", "Chrome", "Chrome"),
    ("Safari/", "Safari", "Safari"),
    ("curl/", "curl", "curl"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str, language: str) -> str:
    """Return "Firefox · Android" for a User-Agent header, or "" for one that names nothing known; language: "zh" or "en"."""
    browser = next((zh if language == "zh" else en for mark, zh, en in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " · ".join(filter(None, (browser, system)))
