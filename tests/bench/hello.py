"""Flask's hello world: what every page is compared with."""

from __future__ import annotations

from flask import Flask

import config
from app.gateway.asgi import Gateway

app = Flask(__name__)
app.config |= config.load({}, ENV="testing")
server = Gateway(app)


@app.get("/")
def hello() -> str:
    """Answer hello."""
    return "<p>Hello, World!</p>"
