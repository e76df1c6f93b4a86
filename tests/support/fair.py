"""A site with one of everything that an address may name, and somebody in each role."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app.domain.report import CaseKind, Reason
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.matrix import ROLES
from tests.support.members import MadeMember, make_member, open_session

NAMES = {"giver": "小满", "reader": "老周", "member": "路人", "moderator": "版主", "admin": "站长"}


class Fair:
    """A site with one of everything that an address may name: the giver gives, the reader asks and wishes."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            exchange = Exchange(app)
            self.members = {role: self._make(role) for role in ROLES[1:]}
            giver, reader = self.members["giver"].id, self.members["reader"].id
            exchange.offer(reader, ISBNS[-1])
            exchange.wishes.wish_for(reader, ISBNS[0])
            container = app.extensions["container"]
            open_session(container, giver, "elsewhere")
            container.members.invitation_desk.make(self.members["moderator"].id, places=1, days=1, note="")
            container.moderation.reports.report(reader, CaseKind.FACTS, ISBNS[3], Reason.WRONG)
            self.things: dict[str, Any] = {
                "isbn": ISBNS[0],
                "other": ISBNS[2],
                "case_id": 1,
                "act_id": 1,
                "subject": ISBNS[2],
                "decision_id": 1,
                "gift_id": exchange.offer(giver, ISBNS[0]),
                "drift_id": exchange.drifts.request(reader, exchange.offer(giver, ISBNS[1]), AT_HOME),
                "wish_id": 1,
                "session_id": container.members.directory.list_sessions(giver)[0].id,
                "invitation_id": 1,
                "list_id": container.lists.book_lists.bring(giver, "list", ISBNS[2].encode()),
            }

    def _make(self, role: str) -> MadeMember:
        return make_member(self.app, NAMES[role], role=role if role in {"moderator", "admin"} else "member")
