"""Read the settings: defaults, the environment's module, environment variables, overrides."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from config.keys import stored_address_key, stored_secret_key
from config.readers import NotASettingValueError
from config.settings import SETTINGS, Setting

#: Where a value came from, for `flask settings`: name → "default", "production", "YUSHU_PORT", "override" or a file.
Origin = dict[str, str]

_KEY_FILES = {"SECRET_KEY": stored_secret_key, "ADDRESS_KEYS": stored_address_key}


class SettingsError(Exception):
    """A wrong or missing setting; the text is one line for the person who starts the program."""


def load(environ: Mapping[str, str] | None = None, /, **overrides: Any) -> dict[str, Any]:
    """Return every setting by its name, plus ``SETTINGS_ORIGIN``, a mapping of names to where the values came from.

    `overrides` are texts, as in environment variables, or values of the setting's own type.

    :raises SettingsError: for an unknown name or environment, a value of the wrong type, or a key that production misses.
    """
    given = {name: value for name, value in (os.environ if environ is None else environ).items() if value}
    _refuse_unknown(given, overrides)
    kind = str(overrides.get("ENV") or given.get("YUSHU_ENV") or "development")
    preset = _preset(kind)
    values: dict[str, Any] = {}
    origin: Origin = {}
    for setting in SETTINGS:
        raw, origin[setting.name] = _find(setting, given, overrides, preset, kind)
        values[setting.name] = _read(setting, raw)
    if origin["SITE_URL"] == "default":
        values["SITE_URL"] = f"http://{values['HOST']}:{values['PORT']}"
    _fill_keys(values, origin)
    if kind == "production":
        _refuse_for_production(values)
    values["SETTINGS_ORIGIN"] = origin
    return values


def _refuse_unknown(given: Mapping[str, str], overrides: Mapping[str, Any]) -> None:
    known = {setting.name for setting in SETTINGS}
    asked = {name.removeprefix("YUSHU_") for name in given if name.startswith("YUSHU_")} | set(overrides)
    unknown = sorted(asked - known)
    if unknown:
        raise SettingsError(f"YUSHU_{unknown[0]} is not a setting; `python3 run.py flask settings` lists them all")


def _preset(kind: str) -> dict[str, str]:
    if kind not in {"development", "testing", "production"}:
        raise SettingsError(f"YUSHU_ENV must be one of development, testing, production, not {kind!r}")
    return dict(import_module(f"config.{kind}").DEFAULTS)


def _find(
    setting: Setting, given: Mapping[str, str], overrides: Mapping[str, Any], preset: Mapping[str, str], kind: str
) -> tuple[Any, str]:
    if setting.name in overrides:
        return overrides[setting.name], "override"
    if setting.variable in given:
        return given[setting.variable], setting.variable
    if setting.name in preset:
        return preset[setting.name], kind
    return setting.default, "default"


def _read(setting: Setting, raw: Any, source: str = "") -> Any:
    if not isinstance(raw, str):
        return raw
    try:
        return setting.read(raw)
    except NotASettingValueError as wanted:
        shown = "the value given" if setting.secret else repr(raw)
        raise SettingsError(f"{source or setting.variable} must be {wanted}, not {shown}") from None


def _fill_keys(values: dict[str, Any], origin: Origin) -> None:
    """Fill each key that was not set with the one stored in the data folder; production wants them given."""
    production = values["ENV"] == "production"
    for setting in SETTINGS:
        if not setting.required_in_production or values[setting.name]:
            continue
        if production:
            raise SettingsError(f"{setting.variable} must be set in production: {setting.meaning}")
        stored, origin[setting.name] = _KEY_FILES[setting.name](values["DATA_DIR"])
        values[setting.name] = _read(setting, ",".join(_listed(stored)), source=origin[setting.name])


def _refuse_for_production(values: Mapping[str, Any]) -> None:
    """Refuse what is fit for trying the program out and not for a site that people rely on."""
    if len(values["SECRET_KEY"]) < 32:
        raise SettingsError("YUSHU_SECRET_KEY must have at least 32 characters in production")
    for name in ("SECRET_KEY", "ADDRESS_KEYS"):
        if set(_listed(values[name])) & set(_listed(_preset("testing")[name])):
            raise SettingsError(f"YUSHU_{name} is the one of the test suite, which everybody knows: make your own")
    if values["DEBUG"]:
        raise SettingsError("YUSHU_DEBUG must be off in production: it shows visitors the program's insides")


def _listed(value: str | Sequence[str]) -> Sequence[str]:
    return (value,) if isinstance(value, str) else value
