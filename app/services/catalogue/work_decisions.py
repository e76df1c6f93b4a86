"""Decide about works as a moderator: merge two, take an edition out, put it into another or call it whole; every decision can be undone."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import delete, update

from app import events
from app.db.sql_helper import SqlHelper
from app.domain.book_entry import read_isbn
from app.domain.errors import AlreadyDone
from app.domain.work import RULE
from app.domain.work_decision import (
    AlreadyAlone,
    AlreadyOneWork,
    BookUnknown,
    DecisionKind,
    DecisionNotFound,
    NotShort,
    WorkAct,
    ensure_may_be_one,
    key_of_decision,
)
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.models.book import ShortEdition, WorkDecision, WorkOverride
from app.models.drift import ModeratorAct
from app.queries.book import BookQueries, BookRow
from app.services.catalogue.work_overrides import WorkOverrides, WorkSide
from app.services.catalogue.works import Works, key_of_work
from app.services.unit_of_work import use_case

_ACTS = {
    DecisionKind.MERGE: WorkAct.MERGE,
    DecisionKind.PART: WorkAct.PART,
    DecisionKind.PUT: WorkAct.PUT,
    DecisionKind.WHOLE: WorkAct.WHOLE,
}


class WorkDecisions:
    """The use cases of a moderator. `moderator_id` is None for the operator at the terminal; any number of a book will do, in any format.

    Each raises `NotABookEntry` for what is no ISBN.
    """

    def __init__(self, sql: SqlHelper, clock: Clock, *, books: BookQueries, works: Works) -> None:
        self._clock = clock
        self._books = books
        self._works = works
        self._overrides = WorkOverrides(sql)

    @use_case
    def merge(self, moderator_id: int | None, isbn13: str, other: str, *, reason: str) -> int:
        """Make the works of two editions one, for all editions of either, those of later, too; return the decision's id.

        :raises BookUnknown: :raises AlreadyOneWork: :raises PrintAndAudio: :raises TwoLanguages: as the rules say.
        """
        book, sister = self._hold_two(isbn13, other)
        sides = {one.facts.isbn13: self._side(one) for one in (book, sister)}
        return self._decide(DecisionKind.MERGE, moderator_id, sides, reason=reason)

    @use_case
    def put(self, moderator_id: int | None, isbn13: str, other: str, *, reason: str) -> int:
        """Put one edition into another's work; its sisters stay where they are. Return the decision's id.

        :raises BookUnknown: :raises AlreadyOneWork: :raises PrintAndAudio: :raises TwoLanguages: as the rules say.
        """
        book, sister = self._hold_two(isbn13, other)
        side = self._side(sister)
        sides = {one.facts.isbn13: side for one in (book, sister)}
        return self._decide(DecisionKind.PUT, moderator_id, sides, reason=reason)

    @use_case
    def part(self, moderator_id: int | None, isbn13: str, *, reason: str) -> int:
        """Take one edition out of its work: it becomes a work of its own. Return the decision's id.

        :raises BookUnknown: :raises AlreadyAlone: when it has no sisters.
        """
        [book] = self._hold([isbn13])
        if self._books.count_editions([book.work_id]).get(book.work_id, 0) < 2:
            raise AlreadyAlone
        return self._decide(DecisionKind.PART, moderator_id, {book.facts.isbn13: None}, reason=reason)

    @use_case
    def call_whole(self, moderator_id: int | None, isbn13: str, *, reason: str) -> int:
        """Record that an edition that may be one volume is whole: no round lists it again. Return the decision's id.

        :raises BookUnknown: :raises NotShort: when it is not listed. :raises AlreadyDone: when it was called whole before.
        """
        [book] = self._hold([isbn13])
        isbn = book.facts.isbn13
        listed = db.session.get(ShortEdition, isbn, with_for_update=True)
        if listed is None:
            raise NotShort
        if listed.decision_id:
            raise AlreadyDone
        listed.decision_id = self._note_decision(DecisionKind.WHOLE, moderator_id, (isbn,), reason=reason).id
        return listed.decision_id

    @use_case
    def undo(self, moderator_id: int | None, decision_id: int, *, reason: str) -> None:
        """Take a decision back: editions belong where the rule and the other decisions put them, and so do gifts and wishes.

        :raises DecisionNotFound: :raises AlreadyDone: when it was taken back before.
        """
        self._works.renew_overrides()
        decision = db.session.get(WorkDecision, decision_id, with_for_update=True)
        if decision is None:
            raise DecisionNotFound
        if decision.undone_time is not None:
            raise AlreadyDone
        isbns = tuple(filter(None, (decision.isbn13, decision.other_isbn13)))
        sides = self._overrides.list_works(decision_id)
        concerned = self._overrides.find_group(sides)
        decision.undone_time = epoch(self._clock.now())
        db.session.execute(delete(WorkOverride).where(WorkOverride.decision_id == decision_id))
        self.note(moderator_id, WorkAct.UNDO, isbns, reason=reason)
        if decision.kind == DecisionKind.WHOLE:
            db.session.execute(
                update(ShortEdition).where(ShortEdition.decision_id == decision_id).values(decision_id=0)
            )
        else:
            self._settle(concerned, isbns)

    def _hold_two(self, isbn13: str, other: str) -> tuple[BookRow, BookRow]:
        book, sister = self._hold([isbn13, other])
        if book.work_id == sister.work_id:
            raise AlreadyOneWork
        ensure_may_be_one(book.facts, sister.facts)
        return book, sister

    def _hold(self, isbns: Collection[str]) -> list[BookRow]:
        """Return the books of these numbers, held in the order of their numbers."""
        self._works.renew_overrides()
        isbns = [read_isbn(isbn) for isbn in isbns]
        known = {isbn: book.facts.isbn13 for isbn, book in self._books.resolve_many(isbns).items()}
        held = {isbn: self._works.hold(isbn) for isbn in sorted(set(known.values()))}
        found = [(isbn, held.get(known.get(isbn, ""))) for isbn in isbns]
        for isbn, book in found:
            if book is None:
                raise BookUnknown(isbn=isbn)
        return [book for _isbn, book in found if book is not None]

    def _side(self, book: BookRow) -> WorkSide:
        """Return the work that an edition is known by: that of the newest decision about it, else what the rule says."""
        isbn = book.facts.isbn13
        decided = self._overrides.find_sides([isbn]).get(isbn)
        if decided is not None:
            return decided
        key = key_of_work(book.facts)
        return WorkSide(self._works.find_or_add({key})[key], isbn)

    def _decide(
        self, kind: DecisionKind, moderator_id: int | None, sides: Mapping[str, WorkSide | None], *, reason: str
    ) -> int:
        """Write a decision about editions and the works that they belong to by it; None makes a new one."""
        now = epoch(self._clock.now())
        isbns = tuple(sides)
        decision = self._note_decision(kind, moderator_id, isbns, reason=reason)
        for isbn, side in sides.items():
            work_id, known_by = side or WorkSide(self._make_work(isbn, decision.id), "")
            db.session.add(
                WorkOverride(
                    isbn13=isbn, decision_id=decision.id, work_id=work_id, known_by=known_by, rule=RULE, create_time=now
                )
            )
        db.session.flush()
        self._settle(self._overrides.list_works(decision.id), isbns)
        return int(decision.id)

    def _note_decision(
        self, kind: DecisionKind, moderator_id: int | None, isbns: tuple[str, ...], *, reason: str
    ) -> WorkDecision:
        act_id = self.note(moderator_id, _ACTS[kind], isbns, reason=reason)
        isbn13, other = (*isbns, "")[:2]
        now = epoch(self._clock.now())
        decision = WorkDecision(kind=kind.value, isbn13=isbn13, other_isbn13=other, act_id=act_id, create_time=now)
        db.session.add(decision)
        db.session.flush()
        return decision

    def _make_work(self, isbn13: str, decision_id: int) -> int:
        key = key_of_decision(isbn13, decision_id)
        return self._works.find_or_add({key})[key]

    def _settle(self, works: Collection[int], isbns: Collection[str]) -> None:
        """Merge what belongs together of all that these works were or are merged with, and move the books."""
        db.session.flush()
        concerned = self._overrides.find_group(works)
        self._overrides.merge(concerned)
        self._works.look_again(concerned, isbns)

    def note(self, moderator_id: int | None, act: WorkAct, isbns: tuple[str, ...], *, reason: str) -> int:
        """Record an act about one book or two, inside a use case; return its id."""
        isbn13, other = (*isbns, "")[:2]
        row = ModeratorAct(
            moderator_id=moderator_id,
            kind=act.value,
            isbn13=isbn13,
            other_isbn13=other,
            reason=reason,
            create_time=epoch(self._clock.now()),
        )
        db.session.add(row)
        db.session.flush()
        events.moderator_acted.publish(moderator=moderator_id, kind=act.value, isbn13=isbn13, other=other)
        return int(row.id)
