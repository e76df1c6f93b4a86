"""The container: the lists of books that members bring."""

from __future__ import annotations

from functools import cached_property

from app.container.catalogue import CatalogueParts
from app.container.core import Core
from app.container.exchange import ExchangeParts
from app.queries.book_list import BookListQueries
from app.services.lists.book_lists import ListService
from app.services.lists.list_lookup import ListLookup
from app.services.lists.row_matching import RowMatching


class ListParts:
    """Lists of books that members bring."""

    def __init__(self, core: Core, catalogue: CatalogueParts, exchange: ExchangeParts) -> None:
        self._core = core
        self._catalogue = catalogue
        self._exchange = exchange

    @cached_property
    def stored(self) -> BookListQueries:
        """Look up the lists that members brought."""
        return BookListQueries(self._core.sql)

    @cached_property
    def lookup(self) -> ListLookup:
        """Find out what the rows of a list are."""
        return ListLookup(
            clock=self._core.clock,
            lists=self.stored,
            matching=RowMatching(self._catalogue.local_catalogue),
            book_lookup=self._catalogue.book_lookup,
        )

    @cached_property
    def book_lists(self) -> ListService:
        """Bring a list, correct it, offer or wish for its books."""
        return ListService(
            clock=self._core.clock,
            lists=self.stored,
            lookup=self.lookup,
            gifts=self._exchange.gifts,
            wishes=self._exchange.wishes,
        )
