"""People's own lists: brought, judged row by row, corrected, then offered or wished for, and taken back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import ColumnElement

from app import events
from app.db.soft_delete import DELETED
from app.domain.cells import read_isbn_cell
from app.domain.characters import cleaned
from app.domain.errors import Refusal
from app.domain.gift import AlreadyOffered, GiftAlreadyWithdrawn, GivingStopped, NotConfirmed
from app.domain.reading_list import ListNotFound, Outcome, ReadingList, Verdict, read_list
from app.domain.wish import AlreadyWished, WishNotFound, WishScope
from app.extensions import db
from app.libs.batches import batches
from app.libs.clock import Clock, epoch
from app.models.book_list import BookList, BookListRow
from app.queries.book_list import BookListQueries, ListSummaryRow, StoredRow
from app.services.exchange.gifts import Gifts, Offer
from app.services.exchange.wishes import Wishes
from app.services.lists.list_lookup import ListLookup, change_row, retry_rows
from app.services.unit_of_work import use_case

#: Seconds of listing for one request; what is left is done by the next.
MATCHING_SECONDS = 3.0
LISTS_KEPT = timedelta(days=30)
_ROWS_AT_A_TIME = 200


class ListService:
    """The use cases of lists. Every one asks for the member, and touches nothing of another's."""

    def __init__(
        self,
        *,
        clock: Clock,
        lists: BookListQueries,
        lookup: ListLookup,
        gifts: Gifts,
        wishes: Wishes,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._lists = lists
        self._lookup = lookup
        self._gifts = gifts
        self._wishes = wishes
        self._now = now

    def bring(self, member_id: int, name: str, data: bytes) -> int:
        """Read a list and look up its rows, as many as there is time for; give its id. Nothing is offered or wished for yet.

        :raises ListRefused: one of its subclasses, when this is no list.
        """
        content = read_list(data)
        list_id = self._add(member_id, name, content)
        self._lookup.go_on(list_id)
        return list_id

    def look_up(self, member_id: int, list_id: int) -> None:
        """Look up pending rows, as many as there is time for; when there are none, those that nobody knew.

        :raises ListNotFound: when the member has no such list.
        """
        self.get(member_id, list_id)
        self._lookup.go_on(list_id)

    def correct(self, member_id: int, list_id: int, number: int, said: str) -> None:
        """Judge a row again by what its owner says: an ISBN (one of the choices, or another), else a title.

        :raises ListNotFound: when there is no such row, or it is listed already.
        """
        self.get(member_id, list_id)
        row = self._lists.find_row(list_id, number)
        if row is None or row.outcome in {Outcome.LISTED, Outcome.ALREADY}:
            raise ListNotFound
        typed = read_isbn_cell(said)
        meant = replace(row.said, isbn=said[:500]) if typed else replace(row.said, isbn="", title=said[:500], author="")
        # who names a number knows best: the title that the row had is not held against it
        is_chosen = typed is not None and typed.is_valid
        judgement = self._lookup.judge(replace(meant, title="") if is_chosen else meant)
        self._change(
            list_id,
            number,
            isbn=meant.isbn,
            title=meant.title,
            author=meant.author,
            outcome=Outcome.WAITING.value,
            reason="",
            verdict=judgement.verdict.value,
            isbn13=";".join(judgement.isbns),
        )

    def offer_all(self, member_id: int, list_id: int, offer: Offer) -> int:
        """Offer the books of the rows that name one, as many as there is time for; give how many rows are left.

        :raises ListNotFound: when the member has no such list.
        :raises NotConfirmed: :raises GivingStopped: when the member may offer nothing at all.
        """
        return self._list_all(
            member_id, list_id, "gift", lambda isbn13: self._gifts.offer(member_id, isbn13, offer).gift_id
        )

    def wish_all(self, member_id: int, list_id: int, scope: WishScope | None = None) -> int:
        """Wish for the books of the rows that name one, as many as there is time for; give how many rows are left.

        :param scope: by default what most readers of each book want.
        :raises ListNotFound: when the member has no such list. :raises NotConfirmed: when the member may not wish.
        """
        return self._list_all(
            member_id, list_id, "wish", lambda isbn13: self._wishes.wish_for(member_id, isbn13, scope)
        )

    def undo(self, member_id: int, list_id: int) -> int:
        """Take back what this list has listed, as much as there is time for; give how many rows are left.

        What somebody has asked for meanwhile stays, and its row says why.

        :raises ListNotFound: when the member has no such list.
        """
        self.get(member_id, list_id)
        listed = self._lists.list_by_outcome(list_id, Outcome.LISTED)
        rows = [row for row in listed if not row.reasons] or listed
        return self._each_in_time(rows, lambda row: self._undo_row(member_id, list_id, row))

    @use_case
    def forget(self, member_id: int, list_id: int) -> None:
        """Delete a list, which can be restored for a while; what it has listed stays listed.

        :raises ListNotFound: when the member has no such list.
        """
        now = epoch(self._clock.now())

        if not BookList.query.filter_by(id=list_id, user_id=member_id).mark_deleted(at=now):
            raise ListNotFound
        events.list_deleted.publish(member=member_id, list=list_id)

    @use_case
    def restore(self, member_id: int, list_id: int) -> None:
        """Take the deletion of a list back.

        :raises ListNotFound: when the member has no such deleted list, or it is gone for good.
        """
        if not BookList.query.filter_by(id=list_id, user_id=member_id, status=DELETED).restore():
            raise ListNotFound
        events.list_restored.publish(member=member_id, list=list_id)

    def forget_old(self) -> None:
        """Remove the lists that are older than they are kept."""
        oldest = epoch(self._clock.now() - LISTS_KEPT)
        while self._remove_one(BookList.create_time < oldest):
            pass

    def get(self, member_id: int, list_id: int) -> ListSummaryRow:
        """Return a member's list.

        :raises ListNotFound: when the member has no such list.
        """
        found = self._lists.find(member_id, list_id)
        if found is None:
            raise ListNotFound
        return found

    @use_case
    def _add(self, member_id: int, name: str, content: ReadingList) -> int:
        now = epoch(self._clock.now())
        book_list = BookList(
            user_id=member_id,
            name=" ".join(cleaned(name).split())[:100],
            header=json.dumps(content.header, ensure_ascii=False),
            encoding=content.encoding,
            create_time=now,
        )
        db.session.add(book_list)
        db.session.flush()
        for batch in batches(content.rows, _ROWS_AT_A_TIME):
            db.session.add_all(
                BookListRow(
                    list_id=book_list.id,
                    number=row.number,
                    cells=json.dumps(row.cells, ensure_ascii=False),
                    isbn=row.isbn,
                    title=row.title,
                    author=row.author,
                    verdict=Verdict.PENDING.value,
                    create_time=now,
                )
                for row in batch
            )
            db.session.flush()
        events.list_made.publish(member=member_id, list=book_list.id, rows=len(content.rows))
        return book_list.id

    def _list_all(self, member_id: int, list_id: int, kind: str, list_one: Callable[[str], int]) -> int:
        self.get(member_id, list_id)
        rows = self._lists.list_by_outcome(list_id, Outcome.WAITING) or self._tried_again(list_id)
        return self._each_in_time(rows, lambda row: self._list_row(list_id, row, kind, list_one))

    def _each_in_time(self, rows: Sequence[StoredRow], work: Callable[[StoredRow], None]) -> int:
        """Work on one row after the other while there is time; give how many are left."""
        until = self._now() + MATCHING_SECONDS
        for done, row in enumerate(rows):
            if self._now() >= until:
                return len(rows) - done
            work(row)
        return 0

    def _undo_row(self, member_id: int, list_id: int, row: StoredRow) -> None:
        try:
            self._take_back(member_id, row)
        except (GiftAlreadyWithdrawn, WishNotFound):
            pass  # it is gone already, which is what was wanted
        except Refusal as refusal:
            self._change(list_id, row.number, reason=_reason(refusal))
            return
        self._change(list_id, row.number, outcome=Outcome.UNDONE.value, listing_id=None, reason="")

    def _tried_again(self, list_id: int) -> list[StoredRow]:
        """Let the rows that were refused or undone wait again, so that the next request goes on after this one."""
        self._retry_rows(list_id)
        return self._lists.list_by_outcome(list_id, Outcome.WAITING)

    def _list_row(self, list_id: int, row: StoredRow, kind: str, list_one: Callable[[str], int]) -> None:
        """List one row's book and note it, in one transaction; a refusal is noted in one of its own."""
        try:
            self._list_and_note(list_id, row, kind, list_one)
        except (AlreadyOffered, AlreadyWished):
            self._change(list_id, row.number, outcome=Outcome.ALREADY.value, kind=kind, reason="")
        except (NotConfirmed, GivingStopped):
            raise
        except Refusal as refusal:
            self._change(list_id, row.number, outcome=Outcome.REFUSED.value, kind=kind, reason=_reason(refusal))

    @use_case
    def _list_and_note(self, list_id: int, row: StoredRow, kind: str, list_one: Callable[[str], int]) -> None:
        listing_id = list_one(row.isbns[0])
        self._change(list_id, row.number, outcome=Outcome.LISTED.value, kind=kind, listing_id=listing_id, reason="")

    def _take_back(self, member_id: int, row: StoredRow) -> None:
        if row.kind == "gift" and row.listing_id is not None:
            self._gifts.withdraw(member_id, row.listing_id)
        else:
            self._wishes.withdraw(member_id, row.isbns[0])

    @use_case
    def _change(self, list_id: int, number: int, /, **values: object) -> None:
        change_row(list_id, number, **values)

    @use_case
    def _retry_rows(self, list_id: int) -> None:
        retry_rows(list_id)

    @use_case
    def _remove_one(self, which: ColumnElement[bool]) -> int:
        return _remove(which, limit=1)


def _reason(refusal: Refusal) -> str:
    return f"{refusal.message('zh')}\n{refusal.message('en')}"


def delete_lists_of(member_id: int) -> None:
    """Remove all lists of a member, the deleted ones too, in the transaction that is open."""
    _remove(BookList.user_id == member_id)


def _remove(which: ColumnElement[bool], *, limit: int | None = None) -> int:
    """Remove lists with their rows. Their ids are read first: given a subquery, MariaDB walks every row of every list."""
    lists = BookList.query.with_deleted().filter(which).with_entities(BookList.id).limit(limit)
    ids = [row.id for row in lists]
    for model, column in ((BookListRow, BookListRow.list_id), (BookList, BookList.id)):
        model.query.with_deleted().filter(column.in_(ids)).delete(synchronize_session=False)
    return len(ids)
