"""Drifts as a page shows them: who the other side is, whose turn it is, how many days are left, what may be pressed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import g
from flask_babel import format_date
from flask_babel import gettext as _

from app.container import container
from app.domain.characters import isolated
from app.domain.drift import OPEN_STATES, STATE_NAMES, DriftState, Party
from app.domain.drift_deadlines import DELAYS
from app.domain.exchange_policy import DAY
from app.domain.holiday import WAITING_ENDS_AFTER
from app.domain.meeting import is_too_early, is_too_late_to_deny
from app.domain.moderation import Sanction, Stop
from app.domain.report import Decision
from app.domain.work_decision import WorkAct
from app.libs.clock import epoch, from_epoch
from app.libs.translations import LANGUAGES
from app.queries.drift import DriftEventRow, DriftRow
from app.queries.moderation import ModeratorActRow

_DAY_FORMATS = {"zh": "M月d日", "en": "d MMM"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A line of a history, in words."""

    what: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRow:
    """One drift as its member sees it, without what somebody wrote whom they have blocked. `actions` are names of buttons; `steps` are (label, day, "done" | "now" | "")."""

    drift: DriftRow
    other: str
    i_give: bool
    is_party: bool
    has_other: bool
    state_name: str
    is_open: bool
    my_turn: bool
    expected: str
    on_holiday: str
    may_block: bool
    message: str
    reason: str
    days_left: int | None
    due: datetime | None
    actions: frozenset[str]
    steps: tuple[tuple[str, str, str], ...]
    history: tuple[Happened, ...]


def rows_for(drifts: Sequence[DriftRow], *, member_id: int) -> list[PendingRow]:
    """Make the rows of a member's page."""
    now = epoch(container.core.clock.now())
    return [_row(drift, member_id, now) for drift in drifts]


def _row(drift: DriftRow, member_id: int, now: int) -> PendingRow:
    i_give = member_id == drift.giver_id
    is_party = i_give or member_id == drift.requester_id
    other = drift.requester_name if i_give else drift.giver_name
    is_open = drift.state in OPEN_STATES
    my_turn = is_party and drift.state is (DriftState.WAITING if i_give else DriftState.MAILED)
    other_reason = not i_give and drift.state is DriftState.REJECTED
    return PendingRow(
        drift=drift,
        may_block=is_party and not drift.blocked and bool(other),
        message="" if drift.blocked and i_give else drift.message,
        reason="" if drift.blocked and other_reason else drift.reason,
        other=_name(other),
        i_give=i_give,
        is_party=is_party,
        has_other=bool(other),
        state_name=STATE_NAMES[drift.state][LANGUAGES.index(g.language)],
        is_open=is_open,
        my_turn=my_turn,
        expected=_expected(drift, i_give=i_give) or _missed_in_words(drift, i_give=i_give),
        on_holiday=_on_holiday(drift, i_give=i_give),
        days_left=None if drift.due_at is None or drift.stopped_at else max(0, -(-(drift.due_at - now) // DAY)),
        due=None if drift.due_at is None else from_epoch(drift.due_at),
        actions=_actions(drift, now, i_give=i_give),
        steps=_steps(drift),
        history=tuple(_happened(drift, event) for event in drift.events),
    )


def _name(nickname: str) -> str:
    return nickname or _("一位已离开的书友")


def _expected(drift: DriftRow, *, i_give: bool) -> str:
    """Return what comes next, and from whom."""
    words = {
        DriftState.WAITING: _("轮到你：能送，还是这次不方便？") if i_give else _("等对方回话"),
        DriftState.MAILED: _("等对方收书") if i_give else _("轮到你：书到了吗？"),
        DriftState.DISPUTED: _("版主正在看"),
    }
    return str(words.get(drift.state, ""))


def _missed_in_words(drift: DriftRow, *, i_give: bool) -> str:
    """Return who did not come to a meeting; "" where none was missed."""
    if drift.state is not DriftState.MISSED:
        return ""
    if drift.requester_missing and drift.giver_missing:
        return str(_("你们都说没来的是对方，这次不算在谁头上"))
    i_missed = drift.giver_missing if i_give else drift.requester_missing
    return str(_("对方说你没来") if i_missed else _("你说对方没来"))


def _may_deny(drift: DriftRow, now: int, *, i_give: bool) -> bool:
    """Return whether it is still this side's to say that it was the other who did not come."""
    other_missing = drift.requester_missing if i_give else drift.giver_missing
    return not other_missing and not is_too_late_to_deny(drift.ended_at or 0, now)


def _on_holiday(drift: DriftRow, *, i_give: bool) -> str:
    """Return what a holiday of its giver means for a request; "" where there is none."""
    if drift.away_until is None:
        return ""
    day = format_date(drift.away_until, _DAY_FORMATS[g.language])
    if i_give:
        return str(_("你在休假，到 %(day)s。期限停着；能送的话，现在也可以回话。", day=day))
    return str(
        _(
            "对方在休假，到 %(day)s。期限停着，你随时可以撤回；等满 %(days)s 天，请求自己结束，鱼豆退还给你。",
            day=day,
            days=WAITING_ENDS_AFTER,
        )
    )


def _actions(drift: DriftRow, now: int, *, i_give: bool) -> frozenset[str]:
    has_address = not drift.handover and drift.state in {DriftState.WAITING, DriftState.MAILED}
    shown = {"address"} if has_address else set()
    if drift.state is DriftState.WAITING:
        missed = {"missed"} if drift.handover and not is_too_early(drift.asked_at, now) else set()
        return frozenset(shown | missed | ({"mailed", "reject"} if i_give else {"withdraw"}))
    if drift.state is DriftState.MISSED and _may_deny(drift, now, i_give=i_give):
        return frozenset({"denied"})
    if drift.state is DriftState.MAILED:
        delay = {"delay"} if drift.delays < DELAYS else set()
        return frozenset(shown | ({"returned"} if i_give else {"received", "lost"} | delay))
    if drift.state is DriftState.LOST and not i_give:
        return frozenset({"received"})
    return frozenset()


def _steps(drift: DriftRow) -> tuple[tuple[str, str, str], ...]:
    asked = (_("求书"), _day(drift.asked_at), "done")
    if not drift.mailed_at:
        last = _step_name(drift.state)
        if drift.state is DriftState.WAITING:
            return (asked, (_("回话"), "", "now"), (_("寄出"), "", ""), (_("收到"), "", ""))
        return (asked, (last, _day(drift.ended_at), "done"))
    sent = (_("交接") if drift.handover else _("寄出"), _day(drift.mailed_at), "done")
    if drift.state is DriftState.MAILED:
        return (asked, sent, (_("收到"), "", "now"))
    ended = drift.state not in OPEN_STATES
    name = _step_name(drift.state)
    return (asked, sent, (name, _day(drift.ended_at), "done" if ended else "now"))


def _step_name(state: DriftState) -> str:
    name = STATE_NAMES[state][LANGUAGES.index(g.language)]
    return name[:1].upper() + name[1:]


def _day(time: int | None) -> str:
    return "" if time is None else str(format_date(from_epoch(time), _DAY_FORMATS[g.language]))


def _happened(drift: DriftRow, event: DriftEventRow) -> Happened:
    others = {
        "opened": _("看了地址"),
        "delayed": _("说书还在路上"),
        "reminded": _("提醒了一次"),
        "denied": _("说没来的是对方"),
    }
    if event.kind in others:
        what = others[event.kind]
    elif event.kind == DriftState.WAITING:
        what = _("请求了这本书")
    else:
        what = STATE_NAMES[DriftState(event.kind)][LANGUAGES.index(g.language)]
    people = {
        Party.REQUESTER: _name(drift.requester_name),
        Party.GIVER: _name(drift.giver_name),
        Party.CLOCK: _("到了期限"),
        Party.MODERATOR: _("版主"),
        Party.LEAVING: _("账号关闭"),
        Party.HOLIDAY: _("送书的人在休假"),
    }
    who = _("鱼书") if event.kind == "reminded" else people[Party(event.party)]
    return Happened(what=what, who=who, at=from_epoch(event.time))


def deed_in_words(deed: ModeratorActRow) -> Happened:
    """Return what a moderator did."""
    lifts = {Stop.GIVING.lift: _("让%(who)s继续送书"), Stop.ASKING.lift: _("让%(who)s继续请求书")}
    on_works = {
        WorkAct.MERGE: _("把《%(one)s》和《%(other)s》合并为同一本书"),
        WorkAct.PART: _("把《%(one)s》的一个版本拆了出来"),
        WorkAct.PUT: _("把《%(one)s》的一个版本归到《%(other)s》"),
        WorkAct.WHOLE: _("看过之后，《%(one)s》的一个版本是完整的一本"),
        WorkAct.KEEP: _("看过之后，《%(one)s》的两个版本仍算同一本书"),
        WorkAct.UNDO: _("撤销了对《%(one)s》的决定"),
    }
    about_members: dict[str, str] = {
        Sanction.HIDE: _("隐藏了%(who)s写的内容"),
        Sanction.WARN: _("提醒了%(who)s"),
        Sanction.SUSPEND: _("暂停了%(who)s"),
        Sanction.END_SUSPENSION: _("解除了%(who)s的暂停"),
        Sanction.DISABLE: _("停用了%(who)s的账号"),
        Sanction.UPHOLD: _("看过%(who)s的申诉，维持原来的决定"),
        Sanction.REVERSE: _("%(who)s的申诉成立，撤销了原来的决定"),
        Decision.MEND: _("改好了《%(title)s》的资料"),
        Decision.DISMISS: _("看过一件举报，没有处理"),
    }
    if deed.kind in about_members:
        named = {"who": isolated(_name(deed.member)), "title": isolated(deed.title)}
        what = about_members[deed.kind] % named
    elif deed.kind in on_works:
        what = on_works[WorkAct(deed.kind)] % {"one": isolated(deed.title), "other": isolated(deed.other_title)}
    elif deed.kind in lifts:
        what = lifts[deed.kind] % {"who": isolated(_name(deed.member))}
    else:
        what = f"《{isolated(deed.title)}》：{STATE_NAMES[DriftState(deed.kind)][LANGUAGES.index(g.language)]}"
    if deed.reason:
        what = _("%(what)s（%(reason)s）", what=what, reason=isolated(deed.reason))
    return Happened(what=what, who=deed.moderator or _("站长"), at=from_epoch(deed.time))
