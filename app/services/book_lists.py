"""services: people's own lists: brought, judged row by row, corrected, then offered or wished for, and taken back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import delete, select, update

from app.domain.errors import Refusal
from app.domain.gift import AlreadyOffered, GiftAlreadyWithdrawn, GivingStopped, NotConfirmed
from app.domain.isbn import find_isbn
from app.domain.reading_list import ListNotFound, ListRow, Outcome, Verdict, read_list
from app.domain.wish import AlreadyWished, WishNotFound
from app.extensions import db
from app.libs.batches import batches
from app.libs.clock import Clock, epoch
from app.models.book_list import BookList, BookListRow
from app.queries.book_list import BookLists, StoredList, StoredRow
from app.services.finding import Finding
from app.services.gifts import Gifts, Offer
from app.services.judging import Judgement, Judging
from app.services.use_cases import UseCases
from app.services.wishes import Wishes

#: Seconds of work for one request; what is left is done by the next.
SECONDS_AT_A_TIME = 5.0
KEPT = timedelta(days=30)
_ROWS_AT_A_TIME = 200


class ListService:
    """The use cases of lists. Every one asks for the member, and touches nothing of another's."""

    def __init__(
        self,
        *,
        clock: Clock,
        use_cases: UseCases,
        lists: BookLists,
        judging: Judging,
        finding: Finding,
        gifts: Gifts,
        wishes: Wishes,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._use_cases = use_cases
        self._lists = lists
        self._judging = judging
        self._finding = finding
        self._gifts = gifts
        self._wishes = wishes
        self._now = now

    def bring(self, member_id: int, name: str, data: bytes) -> int:
        """Read a list and judge its rows; give its id. Nothing is offered or wished for yet.

        :raises ListRefused: one of its subclasses, when this is no list.
        """
        content = read_list(data)
        judged = list(zip(content.rows, self._judging.judge_all(content.rows), strict=True))
        list_id = self._use_cases.run(lambda: self._add(member_id, name, content.header, judged))
        self.ask_sources(member_id, list_id)
        return list_id

    def ask_sources(self, member_id: int, list_id: int) -> None:
        """Ask the sources for the ISBNs that the catalogue lacks, as many as there is time for.

        :raises ListNotFound: when the member has no such list.
        """
        self.get(member_id, list_id)
        until = self._now() + SECONDS_AT_A_TIME
        for row in self._lists.list_unknown(list_id):
            if self._now() >= until:
                return
            if self._finding.find(row.isbns[0]).book is not None:
                self._change(list_id, row.number, verdict=Verdict.FOUND.value)

    def correct(self, member_id: int, list_id: int, number: int, said: str) -> None:
        """Judge a row anew by what its owner says: an ISBN (one of the choices, or another), else a title.

        :raises ListNotFound: when there is no such row, or it is listed already.
        """
        self.get(member_id, list_id)
        row = self._lists.find_row(list_id, number)
        if row is None or row.outcome in {Outcome.LISTED, Outcome.ALREADY}:
            raise ListNotFound
        meant = ListRow(row.number, row.cells, row.isbn, row.title, row.author)
        typed = find_isbn(said)
        meant = replace(meant, isbn=said[:500]) if typed else replace(meant, isbn="", title=said[:500], author="")
        judgement = self._judging.judge(meant)
        if judgement.verdict is Verdict.UNKNOWN and judgement.isbns and self._finding.find(judgement.isbns[0]).book:
            judgement = Judgement(Verdict.FOUND, judgement.isbns)
        self._change(
            list_id,
            number,
            isbn=meant.isbn,
            title=meant.title,
            author=meant.author,
            outcome=Outcome.WAITING.value,
            reason="",
            **_columns(judgement),
        )

    def offer_all(self, member_id: int, list_id: int, offer: Offer) -> int:
        """Offer the books of the rows that name one, as many as there is time for; give how many rows are left.

        :raises ListNotFound: when the member has no such list.
        :raises NotConfirmed: :raises GivingStopped: when the member may offer nothing at all.
        """
        return self._list_all(member_id, list_id, "gift", lambda isbn13: self._gifts.offer(member_id, isbn13, offer))

    def wish_all(self, member_id: int, list_id: int) -> int:
        """Wish for the books of the rows that name one, as many as there is time for; give how many rows are left.

        :raises ListNotFound: when the member has no such list. :raises NotConfirmed: when the member may not wish.
        """
        return self._list_all(member_id, list_id, "wish", lambda isbn13: self._wishes.wish_for(member_id, isbn13))

    def undo(self, member_id: int, list_id: int) -> None:
        """Take back what this list has listed; what somebody has asked for meanwhile stays, and its row says why.

        :raises ListNotFound: when the member has no such list.
        """
        self.get(member_id, list_id)
        for row in self._lists.list_by_outcome(list_id, Outcome.LISTED):
            try:
                self._take_back(member_id, row)
            except (GiftAlreadyWithdrawn, WishNotFound):
                self._change(list_id, row.number, outcome=Outcome.UNDONE.value, listing_id=None, reason="")
            except Refusal as refusal:
                self._change(list_id, row.number, reason=_reason(refusal))
            else:
                self._change(list_id, row.number, outcome=Outcome.UNDONE.value, listing_id=None, reason="")

    def forget(self, member_id: int, list_id: int) -> None:
        """Delete a list; what it has listed stays listed.

        :raises ListNotFound: when the member has no such list.
        """
        self.get(member_id, list_id)
        self._use_cases.run(lambda: _delete([list_id]))

    def forget_old(self) -> None:
        """Delete the lists that are older than they are kept."""
        oldest = epoch(self._clock.now() - KEPT)

        def work() -> int:
            return _delete(db.session.scalars(select(BookList.id).where(BookList.create_time < oldest)).all())

        self._use_cases.run(work)

    def get(self, member_id: int, list_id: int) -> StoredList:
        """Give a member's list.

        :raises ListNotFound: when the member has no such list.
        """
        found = self._lists.find(member_id, list_id)
        if found is None:
            raise ListNotFound
        return found

    def _add(
        self, member_id: int, name: str, header: tuple[str, ...], judged: Iterable[tuple[ListRow, Judgement]]
    ) -> int:
        now = epoch(self._clock.now())
        book_list = BookList(
            user_id=member_id, name=name[:100], header=json.dumps(header, ensure_ascii=False), create_time=now
        )
        db.session.add(book_list)
        db.session.flush()
        for batch in batches(judged, _ROWS_AT_A_TIME):
            db.session.add_all(
                BookListRow(
                    list_id=book_list.id,
                    number=row.number,
                    cells=json.dumps(row.cells, ensure_ascii=False),
                    isbn=row.isbn,
                    title=row.title,
                    author=row.author,
                    create_time=now,
                    **_columns(judgement),
                )
                for row, judgement in batch
            )
            db.session.flush()
        return book_list.id

    def _list_all(self, member_id: int, list_id: int, kind: str, list_one: Callable[[str], int]) -> int:
        self.get(member_id, list_id)
        rows = self._lists.list_by_outcome(list_id, Outcome.WAITING)
        rows = rows or self._lists.list_by_outcome(list_id, Outcome.REFUSED, Outcome.UNDONE)
        until = self._now() + SECONDS_AT_A_TIME
        for done, row in enumerate(rows):
            if self._now() >= until:
                return len(rows) - done
            self._list_row(list_id, row, kind, list_one)
        return 0

    def _list_row(self, list_id: int, row: StoredRow, kind: str, list_one: Callable[[str], int]) -> None:
        """List one row's book and note it, in one transaction; a refusal is noted in one of its own."""

        def work() -> int:
            listing_id = list_one(row.isbns[0])
            self._change(list_id, row.number, outcome=Outcome.LISTED.value, kind=kind, listing_id=listing_id, reason="")
            return listing_id

        try:
            self._use_cases.run(work)
        except (AlreadyOffered, AlreadyWished):
            self._change(list_id, row.number, outcome=Outcome.ALREADY.value, kind=kind, reason="")
        except (NotConfirmed, GivingStopped):
            raise
        except Refusal as refusal:
            self._change(list_id, row.number, outcome=Outcome.REFUSED.value, kind=kind, reason=_reason(refusal))

    def _take_back(self, member_id: int, row: StoredRow) -> None:
        if row.kind == "gift" and row.listing_id is not None:
            self._gifts.withdraw(member_id, row.listing_id)
        else:
            self._wishes.withdraw(member_id, row.isbns[0])

    def _change(self, list_id: int, number: int, **values: object) -> None:
        def work() -> int:
            db.session.execute(
                update(BookListRow)
                .where(BookListRow.list_id == list_id, BookListRow.number == number)
                .values(**values)
                .execution_options(synchronize_session=False)
            )
            return 0

        self._use_cases.run(work)


def _columns(judgement: Judgement) -> dict[str, str]:
    return {"verdict": judgement.verdict.value, "isbn13": ";".join(judgement.isbns)}


def _reason(refusal: Refusal) -> str:
    return f"{refusal.message('zh')}\n{refusal.message('en')}"


def delete_lists_of(member_id: int) -> None:
    """Delete all lists of a member, in the transaction that is open."""
    _delete(db.session.scalars(select(BookList.id).where(BookList.user_id == member_id)).all())


def _delete(list_ids: Iterable[int]) -> int:
    wanted = list(list_ids)
    db.session.execute(delete(BookListRow).where(BookListRow.list_id.in_(wanted)))
    db.session.execute(delete(BookList).where(BookList.id.in_(wanted)))
    return len(wanted)
