"""Defaults on a developer's or reader's own machine."""

DEFAULTS: dict[str, str] = {}
