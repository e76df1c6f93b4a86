"""Log lines: readable on a console, JSON in production; never a path, a token or an address."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from flask import Flask


def init_app(app: Flask) -> None:
    """Set up structlog as the settings say."""
    json = app.config["LOG_FORMAT"] == "json"
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        # a plain traceback: one with the values of variables would write passwords and addresses into the log
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if json else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, app.config["LOG_LEVEL"].upper())),
        logger_factory=lambda *_names: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
