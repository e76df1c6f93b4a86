"""What happened, as the member is told in the site and by mail, and what became of the mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.container import container
from app.domain.characters import isolated
from app.domain.moderation import SANCTION_NOTICES
from app.http.auth import current_user, login_required
from app.http.paging import PER_PAGE, page_among, page_count
from app.libs.clock import from_epoch
from app.queries.message import NoticeRow
from app.user.blueprint import user

_ALL = 2**53


@user.app_template_global()
def unread_notices() -> int:
    """Count what the member has not read; 0 for a visitor."""
    return 0 if g.user is None else container.exchange.notice_list.count_unread(g.user.id)


@user.get("/notices")
@login_required
def notices() -> str:
    """Show the notices, newest first."""
    pages = page_count(container.exchange.notice_list.count_of(g.user.id))
    page = page_among(pages)
    rows = container.exchange.notice_list.list_of(g.user.id, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    return render_template(
        "user/notices.html",
        notices=[notice_in_words(row) for row in rows],
        newest=max((row.id for row in rows), default=0),
        unread=container.exchange.notice_list.count_unread(g.user.id),
        page=page,
        pages=pages,
    )


@user.post("/notices/read")
@login_required
def read_notices() -> ResponseReturnValue:
    """Mark the notices read, up to the newest that was shown."""
    newest = request.form.get("newest", _ALL, type=int)
    container.exchange.notices.mark_read(g.user.id, up_to=min(newest, _ALL))
    return redirect(url_for("user.notices"), 303)


_WORDS = {
    "drift_requested": lazy_gettext("%(who)s想要你的《%(title)s》。"),
    "drift_rejected": lazy_gettext("%(who)s这次不方便送出《%(title)s》，鱼豆退还给你了。"),
    "drift_withdrawn": lazy_gettext("%(who)s撤回了对《%(title)s》的请求。"),
    "drift_expired": lazy_gettext("《%(title)s》的请求没有等到回音，已经结束。"),
    "drift_rested": lazy_gettext("《%(title)s》的请求因为送书的人在休假等了太久，已经结束；鱼豆退还给了请求的人。"),
    "giver_away": lazy_gettext("%(who)s在休假，你对《%(title)s》的请求先等着：期限停着，随时可以撤回。"),
    "drift_mailed": lazy_gettext("%(who)s把《%(title)s》寄出了。"),
    "drift_received": lazy_gettext("《%(title)s》收到了，这次交易完成。"),
    "drift_lost": lazy_gettext("《%(title)s》可能在路上走丢了。"),
    "drift_disputed": lazy_gettext("《%(title)s》有了分歧，版主会来看看。"),
    "drift_returned": lazy_gettext("《%(title)s》的包裹退回去了，鱼豆退还给你了。"),
    "drift_cancelled": lazy_gettext("版主取消了《%(title)s》的交易。"),
    "drift_missed": lazy_gettext("%(who)s说当面交接《%(title)s》时你没来。不是这样的话，请在 7 天内说一声。"),
    "miss_denied": lazy_gettext("%(who)s说约好交接《%(title)s》时没来的是你，这次不算在谁头上。"),
    "drift_delayed": lazy_gettext("%(who)s说《%(title)s》还在路上，再等 15 天。"),
    "address_opened": lazy_gettext("%(who)s看了你的地址，准备寄《%(title)s》。"),
    "remind_giver": lazy_gettext("%(who)s还在等你的回音：《%(title)s》能送吗？"),
    "remind_requester": lazy_gettext("《%(title)s》到了吗？到了请点一下“收到了”。"),
    "gift_listed": lazy_gettext("%(who)s放上了你心愿里的《%(title)s》。"),
    "wish_offered": lazy_gettext("%(who)s有一本《%(title)s》，想送给你。"),
    "wishes_may_widen": lazy_gettext(
        "心愿现在可以不限版本：同一本书，有人送哪个版本都告诉你。你以前的心愿仍然只要原来的版本，想放宽的话，在「我的心愿」里改。"
    ),
    "giving_again": lazy_gettext("版主看过了：你可以继续送书了，暂停的书已经回到架上。"),
    "asking_again": lazy_gettext("版主看过了：你可以继续请求书了。"),
    "suspended": lazy_gettext("版主暂停了你发起新的交换。理由和期限在这里。"),
    "suspension_ended": lazy_gettext("版主解除了暂停，你可以继续交换了。"),
    "hidden": lazy_gettext("版主隐藏了你写的一处内容。理由在这里。"),
    "warned": lazy_gettext("版主提醒你一件事。内容在这里。"),
    "disabled": lazy_gettext("版主停用了你的账号。"),
    "appeal_refused": lazy_gettext("你的申诉看过了，维持原来的决定。"),
    "appeal_granted": lazy_gettext("你的申诉成立，原来的决定撤销了。"),
    "report_acted": lazy_gettext("你告诉版主的一件事看过了，已经处理。谢谢你。"),
    "report_dismissed": lazy_gettext("你告诉版主的一件事看过了，没有需要处理的。"),
    "report_closed": lazy_gettext("你告诉版主的一件事不用再看了：对方已经离开了鱼书。"),
    "moderate_report": lazy_gettext("有一件要紧的事等你看。"),
    "moderate_drift": lazy_gettext("《%(title)s》的交易有分歧，请看看。"),
    "moderate_losses": lazy_gettext("《%(title)s》丢失后，一位书友的丢失次数偏多，请看看。"),
}


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """A notice in words, and the page it leads to."""

    text: str
    url: str
    at: datetime
    is_read: bool


def notice_in_words(row: NoticeRow) -> NoticeWords:
    """Word a notice in the language of the request."""
    text = str(_WORDS[row.kind]) % {
        "who": isolated(row.who) or _("一位已离开的书友"),
        "title": isolated(row.title),
    }
    return NoticeWords(text, _url_of(row), from_epoch(row.time), row.is_read)


def _url_of(row: NoticeRow) -> str:
    if row.gift_id is not None:
        return url_for("web.drift", gift_id=row.gift_id)
    if row.kind.startswith("moderate"):
        return url_for("web.moderation")
    pages = {"giving_again": "web.my_gifts", "asking_again": "web.index", "wishes_may_widen": "web.my_wish"}
    pages |= dict.fromkeys(SANCTION_NOTICES.values(), "user.decisions")
    pages |= dict.fromkeys(("report_acted", "report_dismissed", "report_closed"), "user.reports")
    return url_for(pages.get(row.kind, "web.pending"))


@user.get("/my/mail")
@login_required
def mail() -> str:
    """Show the mails to the member who asks, newest first, and why one did not arrive."""
    return render_template(
        "user/mail.html",
        mails=container.mail.mails.list_to(current_user.id),
        in_terminal=container.mail.transport.is_terminal,
    )
