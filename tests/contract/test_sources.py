"""Every book source keeps the same promises, no matter what it is: our own catalogue, or a server and its faults."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.container import container
from app.domain.book import BookFacts
from app.libs.gc_paused import gc_paused
from app.libs.http_client import HttpClient
from app.libs.urls import HostAllowlist, origin_of
from app.sources.google_books import GoogleBooks
from app.sources.local import LocalCatalogue
from app.sources.open_library import OpenLibrary
from app.sources.port import MOST_FOUND, Failure, Source, SourceFailedError
from app.sources.yushu import YuShu
from tests.support.apps import close, make_app
from tests.support.patience import SOON
from tests.upstreams import BODIES, FAULTS, MANY, MANY_BOOKS, SANTI, SANTI_ISBN, Upstream
from tests.upstreams.bodies import of_another_book
from tests.upstreams.faults import redirects_to

UNKNOWN_ISBN = "9787020024759"
BUDGET = 0.6


@dataclass(frozen=True, slots=True)
class Kind:
    """A source to be tried: `database` is the fixture of the database that it reads; without one it asks over a network."""

    make: Callable[..., Source]
    database: str = ""


KINDS = {
    "open_library": Kind(OpenLibrary),
    "google_books": Kind(lambda client, url: GoogleBooks(client, url, key="secret-key")),
    "yushu": Kind(YuShu),
    "local on sqlite": Kind(LocalCatalogue, database="data_dir"),
    "local on mariadb": Kind(LocalCatalogue, database="mariadb_url"),
}
#: What a network can do to a source is tried on those that ask over one.
NETWORKED = [name for name, kind in KINDS.items() if not kind.database]


@pytest.fixture(params=NETWORKED)
def upstream(request: pytest.FixtureRequest) -> Iterator[Upstream]:
    with Upstream(BODIES[request.param]) as server:
        server.name = request.param
        yield server


@pytest.fixture
def networked(upstream: Upstream) -> Source:
    return networked_source(upstream)


def networked_source(upstream: Upstream) -> Source:
    allowlist = HostAllowlist(origins=frozenset({origin_of(upstream.url)}))
    return KINDS[upstream.name].make(
        HttpClient(allowlist, user_agent="YuShu/1.0 (+http://test; me@test)"), upstream.url
    )


@pytest.fixture(
    params=[pytest.param(name, marks=[pytest.mark.mariadb] * (KINDS[name].database == "mariadb_url")) for name in KINDS]
)
def source(request: pytest.FixtureRequest) -> Iterator[Source]:
    """Yield each source in turn, on a server or a catalogue that knows the same books."""
    kind = KINDS[request.param]
    if kind.database:
        yield from local_source(kind, request)
    else:
        with Upstream(BODIES[request.param]) as upstream:
            upstream.name = request.param
            yield networked_source(upstream)


def local_source(kind: Kind, request: pytest.FixtureRequest) -> Iterator[Source]:
    database = request.getfixturevalue(kind.database)
    app = make_app(
        request.getfixturevalue("data_dir"), database if isinstance(database, str) else "sqlite:///yushu.sqlite"
    )
    with app.app_context():
        container.catalogue.writer.store([SANTI, *MANY_BOOKS])
        yield kind.make(container.catalogue.books, container.catalogue.search)
    close(app)


@pytest.fixture(params=["find_many", "search"])
def question(request: pytest.FixtureRequest) -> Callable[..., list[BookFacts]]:
    """Return each of the two questions to a source: a book's number, and words; both lead to one book."""

    def find_many(source: Source, *, seconds: float) -> list[BookFacts]:
        return list(source.find_many([SANTI_ISBN], seconds=seconds).values())

    def search(source: Source, *, seconds: float) -> list[BookFacts]:
        return list(source.search("三体", seconds=seconds))

    return {"find_many": find_many, "search": search}[request.param]


def test_a_known_book_comes_with_its_facts(source: Source) -> None:
    facts = source.find_many([SANTI_ISBN], seconds=5)[SANTI_ISBN]
    for name in ("isbn13", "title", "authors", "publisher", "pubdate", "pages"):
        assert getattr(facts, name) == getattr(SANTI, name), name


def test_an_unknown_book_is_left_out(source: Source) -> None:
    assert source.find_many([UNKNOWN_ISBN], seconds=5) == {}


def test_words_lead_to_a_book_with_its_number_title_and_author(source: Source) -> None:
    (found,) = source.search("三体", seconds=5)
    assert (found.isbn13, found.title, found.authors) == (SANTI_ISBN, "三体", ("刘慈欣",))


def test_words_that_lead_nowhere_give_no_book(source: Source) -> None:
    assert list(source.search("没有这样的书名", seconds=5)) == []


def test_a_search_gives_so_many_books_and_none_twice(source: Source) -> None:
    found = [facts.isbn13 for facts in source.search(MANY, seconds=5)]
    assert MOST_FOUND - 1 <= len(found) <= MOST_FOUND
    assert len(set(found)) == len(found)
    assert set(found) <= {facts.isbn13 for facts in MANY_BOOKS}


@pytest.mark.parametrize(
    "words", ["C++ & C#?", "'; DROP TABLE book; --", "100%_", "“没有”\\", "📚", "字" * 100, " ", "a=b"]
)
def test_any_words_are_a_question(source: Source, words: str) -> None:
    assert list(source.search(words, seconds=5)) == []


def test_a_networked_source_names_itself_and_where_the_cover_lies(
    networked: Source, question: Callable[..., list[BookFacts]]
) -> None:
    (facts,) = question(networked, seconds=5)
    assert facts.source == networked.name
    assert facts.cover.startswith("http")


def test_words_arrive_as_they_were_typed(networked: Source, upstream: Upstream) -> None:
    networked.search("C++ & C# 三体?", seconds=5)
    ((path, _),) = upstream.asked
    assert dict(parse_qsl(urlsplit(path).query))["q"] == "C++ & C# 三体?"


def test_another_book_than_asked_is_left_out(networked: Source, upstream: Upstream) -> None:
    upstream.body = of_another_book(upstream.body)
    assert networked.find_many([SANTI_ISBN], seconds=5) == {}


def test_the_request_names_the_site_and_a_contact(networked: Source, upstream: Upstream) -> None:
    networked.find_many([SANTI_ISBN], seconds=5)
    (_, headers), *_ = upstream.asked
    assert headers["User-Agent"] == "YuShu/1.0 (+http://test; me@test)"
    assert "Cookie" not in headers


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_server_is_a_failure_of_its_kind_within_the_time(
    networked: Source, upstream: Upstream, fault: str, question: Callable[..., list[BookFacts]]
) -> None:
    upstream.fault, expected = FAULTS[fault]
    seconds = BUDGET if expected == "SLOW" else 5  # on a busy machine an answer may come late
    began = monotonic()
    if expected == "found":
        assert [facts.title for facts in question(networked, seconds=seconds)] == ["三体"]
    else:
        # Without a collection: at the bottom of a hundred thousand brackets the end of some other test's objects finds no stack.
        with gc_paused(), pytest.raises(SourceFailedError) as failed:
            question(networked, seconds=seconds)
        assert failed.value.failure is Failure[expected], failed.value
        assert "secret-key" not in str(failed.value)
    assert monotonic() - began < SOON


def test_an_empty_object_is_an_unknown_book_at_open_library_alone(networked: Source, upstream: Upstream) -> None:
    upstream.body = lambda _path, _query: (200, {})
    if networked.name == "open_library":
        assert networked.find_many([SANTI_ISBN], seconds=5) == {}
    else:
        with pytest.raises(SourceFailedError, match="not understood"):
            networked.find_many([SANTI_ISBN], seconds=5)


def test_an_empty_object_is_no_answer_to_words(networked: Source, upstream: Upstream) -> None:
    upstream.body = lambda _path, _query: (200, {})
    with pytest.raises(SourceFailedError, match="not understood"):
        networked.search("三体", seconds=5)


def test_a_redirect_to_another_server_on_this_machine_is_never_followed(networked: Source, upstream: Upstream) -> None:
    with Upstream() as inside:
        upstream.fault = redirects_to(f"{inside.url}/secret")
        with pytest.raises(SourceFailedError) as failed:
            networked.find_many([SANTI_ISBN], seconds=5)
        assert failed.value.failure is Failure.HOST_REFUSED
        assert inside.asked == []


def test_a_redirect_on_the_same_server_is_followed(networked: Source, upstream: Upstream) -> None:
    good = upstream.body

    def moved(handler: object) -> None:
        upstream.fault = None
        handler.reply(301, b"", Location=handler.path)

    upstream.fault, upstream.body = moved, good
    assert SANTI_ISBN in networked.find_many([SANTI_ISBN], seconds=5)


def test_a_hiccup_is_tried_once_more(networked: Source, upstream: Upstream) -> None:
    def hiccup(handler: object) -> None:
        upstream.fault = None
        handler.reply(503, b"{}")

    upstream.fault = hiccup
    assert SANTI_ISBN in networked.find_many([SANTI_ISBN], seconds=5)
    assert len(upstream.asked) == 2


def test_a_server_that_wants_rest_is_not_asked_again(networked: Source, upstream: Upstream) -> None:
    upstream.fault, _ = FAULTS["429, come back in six hours"]
    with pytest.raises(SourceFailedError) as failed:
        networked.find_many([SANTI_ISBN], seconds=5)
    assert failed.value.retry_after == 21600
    assert len(upstream.asked) == 1


@pytest.mark.parametrize("fault", ["100 MB", "gzip bomb"])
def test_a_huge_answer_takes_no_memory(networked: Source, upstream: Upstream, fault: str) -> None:
    upstream.fault, _ = FAULTS[fault]
    with pytest.raises(SourceFailedError):
        networked.find_many([SANTI_ISBN], seconds=5)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SourceFailedError):
        networked.find_many([SANTI_ISBN], seconds=5)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


def test_a_server_that_is_not_there_is_unreachable(networked: Source, upstream: Upstream) -> None:
    upstream.close()
    with pytest.raises(SourceFailedError) as failed:
        networked.find_many([SANTI_ISBN], seconds=1)
    assert failed.value.failure is Failure.UNREACHABLE
