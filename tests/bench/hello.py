"""Flask's hello world: what every page is compared with."""

from __future__ import annotations

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """Say hello."""
    return "<p>Hello, World!</p>"
