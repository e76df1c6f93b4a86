"""The container: books, their search, and the sources they come from."""

from __future__ import annotations

from functools import cached_property

from app.container.core import Core
from app.covers.covers import CoverFetcher, Covers
from app.extensions import db
from app.libs.caches import DiskCache
from app.libs.http_client import HttpClient
from app.libs.locks import one_at_a_time
from app.queries.book import BookQueries
from app.queries.browse import BrowseQueries
from app.queries.catalogue import CatalogueVersionQueries, IncompleteBookQueries, IndexedBookQueries
from app.queries.catalogue_name import CatalogueNameQueries
from app.queries.neighbours import NeighbourQueries
from app.queries.operation import SiteCountQueries
from app.queries.short_edition import ShortEditionQueries
from app.queries.work import WorkQueries
from app.queries.work_decision import WorkDecisionQueries
from app.search import analyzer
from app.search.index.builder import Builder
from app.search.index.mariadb_store import MariadbStore
from app.search.index.port import Index
from app.search.index.posting_index import PostingIndex
from app.search.index.sqlite_store import SqliteStore
from app.search.lists import CatalogueLists
from app.search.pager import ReadBlock
from app.search.search import Search
from app.services.catalogue.book_lookup import BookLookup, Enriching
from app.services.catalogue.browse_counting import BrowseCounting
from app.services.catalogue.catalogue import Catalogue
from app.services.catalogue.catalogue_import import CatalogueImports
from app.services.catalogue.families import Families
from app.services.catalogue.name_freshening import NameFreshening
from app.services.catalogue.names import CatalogueNames
from app.services.catalogue.neighbours import Neighbours
from app.services.catalogue.short_editions import ShortEditions
from app.services.catalogue.work_decisions import WorkDecisions
from app.services.catalogue.works import Works
from app.services.operations.site_counting import SiteCounting
from app.sources.chain import SourceChain, http_client_for, sources_for
from app.sources.local import LocalCatalogue
from app.sources.port import Source


class CatalogueParts:
    """Books, their search, and the sources they come from."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @cached_property
    def books(self) -> BookQueries:
        """Look up books."""
        return BookQueries(self._core.sql)

    @cached_property
    def site_counts(self) -> SiteCountQueries:
        """Look up what the first page counts."""
        return SiteCountQueries(self._core.sql)

    @cached_property
    def site_counting(self) -> SiteCounting:
        """Count it now and then."""
        return SiteCounting(clock=self._core.clock, counts=self.site_counts)

    @cached_property
    def indexed_books(self) -> IndexedBookQueries:
        """Look up books by id."""
        return IndexedBookQueries(self._core.sql)

    @cached_property
    def search_index(self) -> Index:
        """Find books by terms; its generations lie next to the database file, or in the database itself on MariaDB."""
        directory = self._core.settings["DATA_DIR"] / "search"
        books = self.indexed_books
        store = SqliteStore(directory) if self._core.sql.dialect == "sqlite" else MariadbStore(self._core.sql)
        builder = Builder(
            self._core.sql,
            books,
            store,
            self._core.clock,
            terms=analyzer.terms,
            directory=directory,
            terms_version=analyzer.terms_version(),
        )
        return PostingIndex(self._core.sql, books, store, self._core.clock, builder)

    @cached_property
    def version(self) -> CatalogueVersionQueries:
        """Notice changes of the catalogue."""
        return CatalogueVersionQueries(self._core.sql, lambda: db.commits)

    @cached_property
    def _reading_in_turn(self) -> ReadBlock:
        """Read the index, on SQLite one thread at a time: it lets go of Python's lock at each row, and threads that take it from each
        other as often do a third less in all. MariaDB works meanwhile, so there they do not wait.
        """
        reading = self._core.sql.reading
        return one_at_a_time(reading) if self._core.sql.dialect == "sqlite" else reading

    @cached_property
    def search(self) -> Search:
        """Find books by what is typed."""
        return Search(self.books, self.search_index, self._reading_in_turn, self.version.stamp)

    @cached_property
    def lists(self) -> CatalogueLists:
        """List books by a name, a language, a decade, and those like another one."""
        return CatalogueLists(self.books, self.search_index, self._reading_in_turn, self.version.stamp)

    @cached_property
    def writer(self) -> Catalogue:
        """Store books so that the next search finds them."""
        return Catalogue(self._core.sql, self.search_index, analyzer.terms, self._core.clock)

    @cached_property
    def imports(self) -> CatalogueImports:
        """Import files of books."""
        lock = self._core.settings["DATA_DIR"] / "import.lock"
        return CatalogueImports(self._core.sql, self.writer, self.search_index, self._core.clock, lock=lock)

    @cached_property
    def works(self) -> Works:
        """Assign books to the works of which they are editions."""
        return Works(self._core.sql, self._core.clock)

    @cached_property
    def work_decisions(self) -> WorkDecisions:
        """Merge and part works as a moderator."""
        return WorkDecisions(self._core.sql, self._core.clock, books=self.books, works=self.works)

    @cached_property
    def decision_list(self) -> WorkDecisionQueries:
        """Look up what was decided about works."""
        return WorkDecisionQueries(self._core.sql)

    @cached_property
    def names(self) -> CatalogueNameQueries:
        """Look up the names by which books are listed."""
        return CatalogueNameQueries(self._core.sql)

    @cached_property
    def name_writing(self) -> CatalogueNames:
        """Write them from the index."""
        return CatalogueNames(self._core.sql, self.search_index, self.names, self._core.clock)

    @cached_property
    def name_freshening(self) -> NameFreshening:
        """Keep up with how many books of a name can be had."""
        return NameFreshening(self._core.sql, self.search_index, self.names, self.name_writing, self._core.clock)

    @cached_property
    def work_queries(self) -> WorkQueries:
        """Look up works and their families."""
        return WorkQueries(self._core.sql)

    @cached_property
    def families(self) -> Families:
        """Link translations with their originals."""
        return Families(self._core.sql, self.work_queries, self.search, self._core.clock)

    @cached_property
    def short_editions(self) -> ShortEditionQueries:
        """Look up editions that may be one volume only."""
        return ShortEditionQueries(self._core.sql)

    @cached_property
    def short_edition_listing(self) -> ShortEditions:
        """List them for moderators."""
        return ShortEditions(self._core.sql, self.short_editions, self.work_queries, self._core.clock)

    @cached_property
    def neighbour_queries(self) -> NeighbourQueries:
        """Look up works that are on the same members' lists."""
        return NeighbourQueries(self._core.sql)

    @cached_property
    def neighbours(self) -> Neighbours:
        """Count them now and then."""
        return Neighbours(self._core.sql, self.neighbour_queries, self.work_queries, self._core.clock)

    @cached_property
    def browse(self) -> BrowseQueries:
        """Look up what can be browsed."""
        return BrowseQueries(self._core.sql)

    @cached_property
    def browse_counting(self) -> BrowseCounting:
        """Count it now and then."""
        return BrowseCounting(self._core.sql, self.search_index, self.browse, self._core.clock)

    @cached_property
    def http_client(self) -> HttpClient:
        """The one way to ask other servers."""
        return http_client_for(self._core.settings)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The enabled book sources outside, in order."""
        return sources_for(self._core.settings, self.http_client)

    @cached_property
    def local_catalogue(self) -> LocalCatalogue:
        """The site's own catalogue as a source like those outside."""
        return LocalCatalogue(self.books, self.search)

    @cached_property
    def source_chain(self) -> SourceChain:
        """The enabled sources as one; only a quarter of the threads may wait for a book, and another for a search."""
        return SourceChain(self.sources, budget=self._core.settings["UPSTREAM_BUDGET_SECONDS"], slots=self._core.slots)

    @cached_property
    def book_lookup(self) -> BookLookup:
        """Find the book of an ISBN in the catalogue or at the sources."""
        return BookLookup(books=self.books, sources=self.source_chain, store=self.writer.store)

    @cached_property
    def covers(self) -> Covers:
        """The pictures of books; only a quarter of the threads may wait for one at a time."""
        fetcher = CoverFetcher(self.http_client, seconds=self._core.settings["UPSTREAM_BUDGET_SECONDS"])
        cache = DiskCache(
            self._core.settings["DATA_DIR"] / "covers", max_bytes=self._core.settings["COVER_CACHE_BYTES"]
        )
        return Covers(fetch=fetcher.fetch, cache=cache, slots=self._core.slots)

    @cached_property
    def enriching(self) -> Enriching:
        """Fill the gaps of known books from the sources."""
        return Enriching(clock=self._core.clock, gaps=IncompleteBookQueries(self._core.sql), catalogue=self.writer)
