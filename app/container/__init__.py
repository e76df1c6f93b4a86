"""The container: the parts of one app by area, each part built once, when first asked for.

An area is given the areas that it builds on: core, catalogue, mail, exchange, members, moderation, lists, operations, in this order.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app
from werkzeug.local import LocalProxy

from app.container.catalogue import CatalogueParts
from app.container.core import Core, MailParts
from app.container.exchange import ExchangeParts, ListParts
from app.container.members import MemberParts
from app.container.moderation import ModerationParts
from app.container.operations import OperationParts


class Container:
    """The parts of one app. A view or command takes them from `container`, the current app's."""

    def __init__(self, app: Flask) -> None:
        self.core = Core(app)
        self.catalogue = CatalogueParts(self.core)
        self.mail = MailParts(self.core)
        self.exchange = ExchangeParts(self.core, self.catalogue, self.mail)
        self.members = MemberParts(self.core, self.mail, self.exchange)
        self.moderation = ModerationParts(
            self.core, catalogue=self.catalogue, mail=self.mail, exchange=self.exchange, members=self.members
        )
        self.lists = ListParts(self.core, self.catalogue, self.exchange)
        self.operations = OperationParts(
            self.core,
            catalogue=self.catalogue,
            mail=self.mail,
            exchange=self.exchange,
            members=self.members,
            moderation=self.moderation,
            lists=self.lists,
        )


def init_app(app: Flask) -> None:
    """Attach a container to the app."""
    app.extensions["container"] = Container(app)


container = cast("Container", LocalProxy(lambda: current_app.extensions["container"]))
