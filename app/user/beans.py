"""A member's beans: every entry, and how the balance moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import g, render_template
from flask_babel import gettext as _

from app.container import container
from app.domain.beans import BEAN, EntryKind, plural, shown
from app.http.auth import login_required
from app.http.paging import PER_PAGE, page_among, page_count
from app.libs.clock import epoch, from_epoch
from app.queries.ledger import LedgerEntryRow
from app.user.blueprint import user

#: So many of the latest entries are drawn.
_CHARTED = 200


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in words; amounts in beans."""

    at: datetime
    what: str
    title: str
    amount: str
    balance: str
    came: bool


@user.get("/my/beans")
@login_required
def beans() -> str:
    """Show a page of the statement, newest first, and on the first page a chart of what came lately."""
    book, member = container.exchange.ledger_queries, g.user.id
    pages = page_count(book.count_entries(member))
    page = page_among(pages)
    entries = book.list_entries(member, limit=_CHARTED if page == 1 else PER_PAGE, offset=(page - 1) * PER_PAGE)
    balance, owed = book.get_balance(member), book.get_owed(member)
    return render_template(
        "user/beans.html",
        lines=[_line(entry) for entry in entries[:PER_PAGE]],
        chart=chart_of(entries[::-1], now=epoch(container.core.clock.now())) if page == 1 else None,
        page=page,
        pages=pages,
        balance=shown(balance),
        balance_plural=plural(balance),
        owed=shown(owed),
        owed_plural=plural(owed),
        bonus=shown(container.exchange.policy.bonus),
    )


def _line(entry: LedgerEntryRow) -> Line:
    sign = "+" if entry.amount > 0 else "-"
    amount = f"{sign}{shown(abs(entry.amount))}"
    return Line(from_epoch(entry.time), _what(entry), entry.title, amount, shown(entry.balance), entry.amount > 0)


def _what(entry: LedgerEntryRow) -> str:
    """Return in words why beans moved."""
    came = entry.amount > 0
    words = {
        EntryKind.WELCOME: _("欢迎礼"),
        EntryKind.BONUS: _("上架一本书"),
        EntryKind.BONUS_BACK: _("撤下一本书"),
        EntryKind.DEBT: _("有人还了欠你的鱼豆") if came else _("还欠下的鱼豆"),
        EntryKind.SWEEP: _("账号关闭"),
        EntryKind.COVER: _("书丢了，鱼书补给你"),
        EntryKind.ESCROW: _("请求一本书，先由鱼书保管"),
        EntryKind.REFUND: _("鱼豆回来了"),
        EntryKind.PAYOUT: _("送出的书到了"),
    }
    return str(words[entry.kind])


WIDTH = 600
HEIGHT = 160
_EDGE = 8


@dataclass(frozen=True, slots=True)
class Chart:
    """A line of steps in a box of `WIDTH` × `HEIGHT`: its points, the ground's height, the highest balance in beans, since when."""

    points: str
    ground: float
    highest: str
    changes: int
    since: datetime


def chart_of(entries: Sequence[LedgerEntryRow], *, now: int) -> Chart | None:
    """Draw a balance from the first of these entries until now; None without entries.

    :param now: epoch seconds.
    """
    if not entries:
        return None
    begin = entries[0].time
    span = max(1, now - begin)
    top = max(BEAN, *(entry.balance for entry in entries))
    wide, high = WIDTH - 2 * _EDGE, HEIGHT - 2 * _EDGE

    def x(time: int) -> float:
        return round(_EDGE + wide * (time - begin) / span, 1)

    def y(balance: int) -> float:
        return round(_EDGE + high * (1 - balance / top), 1)

    before = entries[0].balance - entries[0].amount
    points = [(x(begin), y(before))]
    for entry in entries:
        points += [(x(entry.time), y(before)), (x(entry.time), y(entry.balance))]
        before = entry.balance
    points.append((x(max(now, entries[-1].time)), y(before)))
    highest = shown(max(entry.balance for entry in entries))
    return Chart(
        " ".join(f"{left},{height}" for left, height in points), y(0), highest, len(entries), from_epoch(begin)
    )
