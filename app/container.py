"""The container: which part stands behind each name, built once per app, when first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

from flask import Flask, current_app
from werkzeug.local import LocalProxy

from app.extensions import db, pool_of
from app.libs.clock import Clock, SystemClock
from app.libs.sql_helper import SqlHelper
from app.mail.rendering import Renderer
from app.mail.transports.choose import transport_for
from app.mail.transports.port import Transport
from app.queries.book import Books


class Container:
    """The parts of one app. A view or command takes them from `container`, the current app's."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.clock: Clock = SystemClock()

    @property
    def settings(self) -> dict[str, Any]:
        """The app's settings by name."""
        return self._app.config

    @cached_property
    def sql(self) -> SqlHelper:
        """The read door."""
        return SqlHelper(pool_of(self._app), db.joined_connection)

    @cached_property
    def books(self) -> Books:
        """Look up books."""
        return Books(self.sql)

    @cached_property
    def letters(self) -> Renderer:
        """Word mail."""
        return Renderer(site_url=self.settings["SITE_URL"], time_zone=self.settings["TIME_ZONE"])

    @cached_property
    def mail_transport(self) -> Transport:
        """Where mail leaves the house; its `is_terminal` tells a page to say that the link is in the terminal."""
        return transport_for(self.settings["MAIL_URL"])


def init_app(app: Flask) -> None:
    """Give the app its container."""
    app.extensions["container"] = Container(app)


container = cast("Container", LocalProxy(lambda: current_app.extensions["container"]))
