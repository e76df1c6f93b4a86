"""Defaults of a site that people rely on."""

DEFAULTS: dict[str, str] = {"LOG_FORMAT": "json"}
