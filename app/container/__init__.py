"""The container: which part stands behind each name, built once per app, when first asked for.

A room per area; each builds on the ones before it: ground, books, letters, members, exchange.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import cast

from flask import Flask, current_app
from werkzeug.local import LocalProxy

from app.container.exchange import ExchangeParts
from app.queries.jobs import JobRecords
from app.queries.own_data import OwnData
from app.search.upkeep import IndexUpkeep
from app.services.clockwork import Clockwork, Job
from app.services.export import Export, ExportTable


class Container(ExchangeParts):
    """The parts of one app. A view or command takes them from `container`, the current app's."""

    @cached_property
    def clockwork(self) -> Clockwork:
        """Run the jobs that return; each area adds its own."""
        return Clockwork(
            records=JobRecords(self.sql),
            clock=self.clock,
            jobs=(
                Job(name="count the site", every=timedelta(minutes=10), run=self.site_counting.run),
                Job(name="forget old mail", every=timedelta(hours=6), run=self.courier.forget_old),
                Job(name="forget old sessions", every=timedelta(hours=6), run=self._forget_old_sessions),
                Job(name="forget unconfirmed accounts", every=timedelta(days=1), run=self._forget_unconfirmed),
                Job(name="forget old links", every=timedelta(hours=6), run=self.account_tokens.forget_old),
                Job(
                    name="keep up the search index",
                    every=timedelta(minutes=1),
                    run=IndexUpkeep(self.search_index, self.clock).run,
                    lease=timedelta(hours=2),
                ),
                Job(name="forget old lists", every=timedelta(days=1), run=self.book_lists.forget_old),
                Job(name="purge what is deleted", every=timedelta(hours=1), run=self.purging.run),
                Job(name="tell who wishes a new gift", every=timedelta(minutes=1), run=self.telling.run),
                Job(name="the clocks of drifts", every=timedelta(minutes=10), run=self.drift_clocks.run),
                Job(name="erase old addresses", every=timedelta(hours=1), run=self.drift_clocks.erase),
            ),
        )

    @cached_property
    def export(self) -> Export:
        """Write everything about a member into a zip; each area adds its tables."""
        own = OwnData(self.sql)
        return Export(
            (
                ExportTable("account", "账号 · your account", own.account),
                ExportTable("marks", "你确认过的邮箱的指纹 · marks of the mailboxes you confirmed", own.marks),
                ExportTable("sessions", "登录过的地方 · where you are logged in", own.sessions),
                ExportTable("letters", "鱼书写给你的信 · letters to you", own.letters),
                ExportTable("invitations", "你发的邀请码 · invitations you made", own.invitations),
                ExportTable("gifts", "你送的书 · your gifts", own.gifts),
                ExportTable("wishes", "你的心愿 · your wishes", own.wishes),
                ExportTable("drifts", "你的鱼漂 · your drifts", own.drifts),
                ExportTable("beans", "你的鱼豆 · your beans", own.beans),
                ExportTable("notices", "你收到的消息 · your notices", own.notices),
                ExportTable("lists", "你带来的书单 · lists you brought", own.lists),
                ExportTable("saved_address", "你保存的地址 · your saved address", self.saved_addresses.rows),
            )
        )


def init_app(app: Flask) -> None:
    """Attach a container to the app."""
    app.extensions["container"] = Container(app)


container = cast("Container", LocalProxy(lambda: current_app.extensions["container"]))
