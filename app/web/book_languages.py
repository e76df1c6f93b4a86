"""The languages that books are in, by name."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

_NAMES = {
    "zh": _l("中文"),
    "zh-Hant": _l("繁体中文"),
    "en": _l("英文"),
    "ja": _l("日文"),
    "fr": _l("法文"),
    "de": _l("德文"),
    "es": _l("西班牙文"),
    "ru": _l("俄文"),
    "it": _l("意大利文"),
    "pt": _l("葡萄牙文"),
    "ko": _l("韩文"),
    "la": _l("拉丁文"),
    "grc": _l("古希腊文"),
    "mul": _l("多种语言"),
}


def language_name(tag: str) -> str:
    """Return the name of a BCP 47 language in the visitor's language; a rare one is shown as its tag."""
    return str(_NAMES.get(tag) or _NAMES.get(tag.split("-", maxsplit=1)[0]) or tag)
