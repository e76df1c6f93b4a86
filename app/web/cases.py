"""What the page of a case shows besides the case, by its kind: never an address, nor a way to reach anybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g

from app.container import container
from app.domain.moderation import Stop
from app.domain.report import CaseKind, count_voices
from app.forms.book import BOOK_LANGUAGES
from app.forms.drift import CONDITIONS, POSTAGES, DecideForm
from app.forms.moderation import MendForm
from app.libs.clock import from_epoch
from app.queries.exchange_stats import MemberStats
from app.queries.report import CaseMemberRow, CaseRow
from app.web.drift_rows import Happened, deed_in_words, rows_for

_REPORTS = 50
_DEEDS = 20


def context_of(case: CaseRow) -> dict[str, Any]:
    """Return what the page of a case shows besides it."""
    reports = container.moderation.cases.list_reports(case.id, limit=_REPORTS)
    proven = sum(report.is_proven for report in reports)
    more = _MORE.get(case.kind)
    return {
        "reports": [(report, from_epoch(report.time)) for report in reports],
        "voices": count_voices(proven, len(reports) - proven),
        "people": _people((case.member_id,)),
        **(more(case) if more else {}),
    }


@dataclass(frozen=True, slots=True)
class ConcernedMember:
    """Whom a case is about, what they gave and received, and what was decided about their person before."""

    member: CaseMemberRow
    since: datetime
    standing: MemberStats
    deeds: Sequence[Happened]


def _people(member_ids: Sequence[int | None]) -> list[ConcernedMember]:
    """Return those of these members who are there."""
    return [person for member_id in member_ids if member_id and (person := _find_person(member_id))]


def _find_person(member_id: int) -> ConcernedMember | None:
    member = container.moderation.cases.find_member(member_id)
    if member is None:
        return None
    deeds = container.exchange.moderation_list.list_deeds(limit=_DEEDS, about=member_id)
    return ConcernedMember(
        member=member,
        since=from_epoch(member.since),
        standing=container.exchange.facts.get_standing(member_id),
        deeds=[deed_in_words(deed) for deed in deeds],
    )


def _gift(case: CaseRow) -> dict[str, Any]:
    copy = container.exchange.listings.find_copy(case.subject_id)
    return {"copy": copy, "conditions": CONDITIONS, "postages": POSTAGES}


def _editions(case: CaseRow) -> dict[str, Any]:
    isbns = (case.isbn13, case.other_isbn13)
    found = {book.facts.isbn13: book for book in container.catalogue.books.find_many(isbns)}
    books = [found[isbn] for isbn in isbns if isbn in found]
    return {"books": books, "is_one_work": len(books) == 2 and len({book.work_id for book in books}) == 1}


def _facts(case: CaseRow) -> dict[str, Any]:
    book = container.catalogue.books.find(case.isbn13)
    if book is None:
        return {"facts": None}
    people = {name: "；".join(getattr(book.facts, name)) for name in ("authors", "translators")}
    named = ("title", "subtitle", "publisher", "pubdate", "series", "original_title", "language")
    form = MendForm(formdata=None, data={name: getattr(book.facts, name) for name in named} | people)
    return {"facts": book.facts, "mend_form": form, "languages": BOOK_LANGUAGES}


def _drift(case: CaseRow) -> dict[str, Any]:
    drift = container.exchange.drift_list.find(case.subject_id)
    if drift is None:
        return {}
    return {
        "drift_row": rows_for([drift], member_id=g.user.id)[0],
        "decide_form": DecideForm(formdata=None),
        "people": _people((drift.giver_id, drift.requester_id)),
    }


def _losses(case: CaseRow) -> dict[str, Any]:
    if case.member_id is None:
        return {"stops": []}
    standing = container.exchange.facts.get_standing(case.member_id)
    return {"stops": list_stops(standing)}


def list_stops(standing: MemberStats) -> list[tuple[Stop, int, int]]:
    """List which sides of a member losses stop, with how many got lost of how many."""
    sides = (
        (standing.giving_stopped, (Stop.GIVING, standing.lost_out, standing.parcels_out)),
        (standing.asking_stopped, (Stop.ASKING, standing.lost_in, standing.parcels_in)),
    )
    return [side for is_stopped, side in sides if is_stopped]


def _appeal(case: CaseRow) -> dict[str, Any]:
    deed = container.exchange.moderation_list.find_deed(case.subject_id)
    return {"appealed": None if deed is None else deed_in_words(deed)}


_MORE: Mapping[CaseKind, Callable[[CaseRow], dict[str, Any]]] = {
    CaseKind.GIFT: _gift,
    CaseKind.EDITIONS: _editions,
    CaseKind.FACTS: _facts,
    CaseKind.DISPUTE: _drift,
    CaseKind.LOSSES: _losses,
    CaseKind.APPEAL: _appeal,
}
