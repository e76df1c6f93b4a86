"""What moderators look at: reports of members and other cases, how urgent they are, and what may be decided.

A kind of subject is added here with its reasons and decisions, in `app.queries.report_subject` with how it is found, and in
`app.services.moderation` with what a decision does to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.domain.errors import NotFound, Refusal
from app.domain.exchange_policy import DAY
from app.domain.moderation import Sanction

#: Characters of what a member writes with a report or an appeal.
REPORT_LENGTH: Final = 200
#: How many reports a member may make in 24 hours.
REPORTS_A_DAY: Final = 10
#: For how long a moderator keeps a case to themselves, in seconds.
CLAIM_SECONDS: Final = 3_600
#: For how long a decision may be appealed against, in seconds.
APPEAL_SECONDS: Final = 30 * DAY
#: For how long the words of a closed case are kept, in seconds: longer than an appeal takes.
WORDS_KEPT_SECONDS: Final = 90 * DAY
_HOUR: Final = 3_600


class CaseKind(StrEnum):
    """What a case is about: a gift, a member, a book's facts, the message of a request, two editions; a drift that two disagree
    about, a member whom losses stopped, a decision that is appealed against.
    """

    GIFT = "gift"
    MEMBER = "member"
    FACTS = "facts"
    MESSAGE = "message"
    EDITIONS = "editions"
    DISPUTE = "dispute"
    LOSSES = "losses"
    APPEAL = "appeal"


class Reason(StrEnum):
    """Why somebody should look."""

    THREAT = "threat"
    UNLAWFUL = "unlawful"
    FRAUD = "fraud"
    RUDE = "rude"
    SELLING = "selling"
    NAME = "name"
    NONSENSE = "nonsense"
    NOT_HAD = "not had"
    OTHER_COPY = "other copy"
    WRONG = "wrong"
    NOT_SAME = "not same"
    DISPUTE = "dispute"
    LOSSES = "losses"
    APPEAL = "appeal"
    OTHER = "other"


#: Within how many hours somebody should have looked.
HOURS: Final[Mapping[Reason, int]] = {
    Reason.THREAT: 4,
    Reason.UNLAWFUL: 24,
    Reason.FRAUD: 24,
    Reason.RUDE: 24,
    Reason.SELLING: 72,
    Reason.NAME: 72,
    Reason.NONSENSE: 72,
    Reason.DISPUTE: 72,
    Reason.APPEAL: 72,
    Reason.NOT_HAD: 168,
    Reason.OTHER_COPY: 168,
    Reason.LOSSES: 168,
    Reason.OTHER: 168,
    Reason.WRONG: 336,
    Reason.NOT_SAME: 336,
}
#: Of those that are looked at within so many hours the moderators are told at once.
URGENT_HOURS: Final = 24

#: What a member may say of each kind of subject.
REASONS: Final[Mapping[CaseKind, tuple[Reason, ...]]] = {
    CaseKind.GIFT: (
        Reason.NOT_HAD,
        Reason.OTHER_COPY,
        Reason.SELLING,
        Reason.RUDE,
        Reason.UNLAWFUL,
        Reason.OTHER,
    ),
    CaseKind.MEMBER: (Reason.THREAT, Reason.FRAUD, Reason.SELLING, Reason.RUDE, Reason.NAME, Reason.OTHER),
    CaseKind.FACTS: (Reason.WRONG, Reason.NONSENSE, Reason.RUDE, Reason.UNLAWFUL, Reason.OTHER),
    CaseKind.MESSAGE: (Reason.THREAT, Reason.RUDE, Reason.SELLING, Reason.FRAUD, Reason.OTHER),
}


class Decision(StrEnum):
    """What a moderator decides about a case: `PART` one edition, `MEND` a book's facts, `REVERSE` what was decided before."""

    HIDE = "hide"
    WARN = "warn"
    SUSPEND = "suspend"
    DISABLE = "disable"
    MEND = "mend"
    PART = "part"
    REVERSE = "reverse"
    DISMISS = "dismiss"


_ABOUT_MEMBERS = (Decision.WARN, Decision.SUSPEND, Decision.DISABLE, Decision.DISMISS)
#: What may be decided about each kind. A drift is decided by its states, see `app.services.exchange.moderation`; a stop is lifted there.
DECISIONS: Final[Mapping[CaseKind, tuple[Decision, ...]]] = {
    CaseKind.GIFT: (Decision.HIDE, *_ABOUT_MEMBERS),
    CaseKind.MEMBER: _ABOUT_MEMBERS,
    CaseKind.FACTS: (Decision.MEND, Decision.DISMISS),
    CaseKind.MESSAGE: (Decision.HIDE, *_ABOUT_MEMBERS),
    CaseKind.EDITIONS: (Decision.PART, Decision.DISMISS),
    CaseKind.DISPUTE: (),
    CaseKind.LOSSES: (Decision.DISMISS,),
    CaseKind.APPEAL: (Decision.REVERSE, Decision.DISMISS),
}
#: Cases of which the subject can be hidden besides what is decided about its member.
CAN_BE_HIDDEN: Final = frozenset(kind for kind, allowed in DECISIONS.items() if Decision.HIDE in allowed)
#: What a member may appeal against.
APPEALABLE: Final = frozenset({Sanction.HIDE, Sanction.WARN, Sanction.SUSPEND, Sanction.DISABLE})


def may_appeal(kind: str, *, decided_at: int, now: int) -> bool:
    """Return whether a member may appeal against a decision of this kind: for so long after it."""
    return kind in APPEALABLE and decided_at > now - APPEAL_SECONDS


def due_of(reason: Reason, now: int) -> int:
    """Return by when somebody should have looked at what is reported now. Urgency is this and no more: a second report changes nothing."""
    return now + HOURS[reason] * _HOUR


def is_urgent(reason: Reason) -> bool:
    """Return whether moderators are told of a case at once."""
    return HOURS[reason] <= URGENT_HOURS


def count_voices(proven: int, others: int) -> int:
    """Return how many speak: each member who has finished a drift, and all others together as one."""
    return proven + bool(others)


class SubjectGone(NotFound):
    """What is to be reported is not there, or not for this member to see."""

    zh = "没有找到要举报的内容，它可能已经不在了。"
    en = "What you want to report is not here; it may be gone."


class OwnSubject(Refusal):
    """The member reports what is their own."""

    zh = "这是你自己的，不用举报。"
    en = "This is your own; there is no need to report it."


class AlreadyReported(Refusal):
    """The member's report of the same subject is still open."""

    zh = "你已经告诉过我们了，版主会来看的。"
    en = "You have told us already; a moderator will have a look."


class TooManyReports(Refusal):
    """The member has made as many reports as a day allows."""

    status = 429
    zh = "一天最多举报 {limit} 次。要是急事，请在理由里写清楚最要紧的那一件，其余明天再报。"
    en = "At most {limit} reports a day. Report what matters most today, and the rest tomorrow."


class CaseClosed(Refusal):
    """The case that is to be decided is closed, or there is none."""

    status = 404
    zh = "没有这件事，或者它已经处理过了。"
    en = "There is no such case, or it has been dealt with."


class ClaimedByAnother(Refusal):
    """Another moderator is looking at the case."""

    zh = "另一位版主正在看这件事，什么都没有改变。"
    en = "Another moderator is looking at this; nothing has changed."


class WrongDecision(Refusal):
    """The case cannot be decided so."""

    zh = "这件事不能这样决定，什么都没有改变。"
    en = "This cannot be decided so; nothing has changed."


class NothingMended(Refusal):
    """The facts that are to be mended are what stands there already."""

    zh = "这些和原来的一样，什么都没有改变。"
    en = "These facts are what stands there already; nothing has changed."


class MayNotAppeal(Refusal):
    """There is no such decision about the member, it is too old, or it was appealed against before."""

    zh = "这个决定不能再申诉了：每个决定可以申诉一次，要在 30 天之内。"
    en = "This decision cannot be appealed against: once each, and within 30 days."
