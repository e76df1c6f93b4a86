"""Configuration: where the program's settings come from.

`load()` gives one flat, typed mapping. A value is taken from the first of: an explicit override, the
environment variable ``YUSHU_<NAME>``, the module of the chosen environment, the default in `settings.py`.
"""

from config.loader import Origin, SettingsError, load
from config.settings import SETTINGS, Setting

__all__ = ["SETTINGS", "Origin", "Setting", "SettingsError", "load"]
