"""Every book source keeps the same promises, whatever the server behind it does."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from app.libs.http_client import HttpClient
from app.libs.reach import Reach, origin_of
from app.providers.google_books import GoogleBooks
from app.providers.open_library import OpenLibrary
from app.providers.port import Failure, Source, SourceFailedError
from app.providers.yushu import YuShu
from tests.upstreams import BODIES, FAULTS, SANTI, SANTI_ISBN, Upstream
from tests.upstreams.bodies import of_another_book
from tests.upstreams.faults import redirects_to

UNKNOWN_ISBN = "9787020024759"
MAKERS: dict[str, Callable[[HttpClient, str], Source]] = {
    "open_library": OpenLibrary,
    "google_books": lambda client, url: GoogleBooks(client, url, key="secret-key"),
    "yushu": YuShu,
}
BUDGET = 0.6


@pytest.fixture(params=MAKERS)
def upstream(request: pytest.FixtureRequest) -> Iterator[Upstream]:
    with Upstream(BODIES[request.param]) as server:
        server.name = request.param
        yield server


@pytest.fixture
def source(upstream: Upstream) -> Source:
    reach = Reach(origins=frozenset({origin_of(upstream.url)}))
    return MAKERS[upstream.name](HttpClient(reach, user_agent="YuShu/1.0 (+http://test; me@test)"), upstream.url)


def test_a_known_book_comes_with_its_facts(source: Source) -> None:
    facts = source.find_many([SANTI_ISBN], seconds=5)[SANTI_ISBN]
    for name in ("isbn13", "title", "authors", "publisher", "pubdate", "pages"):
        assert getattr(facts, name) == getattr(SANTI, name), name
    assert facts.source == source.name
    assert facts.cover.startswith("http")


def test_an_unknown_book_is_left_out(source: Source) -> None:
    assert source.find_many([UNKNOWN_ISBN], seconds=5) == {}


def test_another_book_than_asked_is_left_out(source: Source, upstream: Upstream) -> None:
    upstream.body = of_another_book(upstream.body)
    assert source.find_many([SANTI_ISBN], seconds=5) == {}


def test_the_request_names_the_site_and_a_contact(source: Source, upstream: Upstream) -> None:
    source.find_many([SANTI_ISBN], seconds=5)
    (_, headers), *_ = upstream.asked
    assert headers["User-Agent"] == "YuShu/1.0 (+http://test; me@test)"
    assert "Cookie" not in headers


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_server_is_a_failure_of_its_kind_within_the_time(
    source: Source, upstream: Upstream, fault: str
) -> None:
    upstream.fault, expected = FAULTS[fault]
    began = monotonic()
    if expected == "found":
        assert source.find_many([SANTI_ISBN], seconds=BUDGET)[SANTI_ISBN].title == "三体"
    else:
        with pytest.raises(SourceFailedError) as failed:
            source.find_many([SANTI_ISBN], seconds=BUDGET)
        assert failed.value.failure is Failure[expected], failed.value
        assert "secret-key" not in str(failed.value)
    assert monotonic() - began < BUDGET + 1.5


def test_an_empty_object_is_an_unknown_book_at_open_library_alone(source: Source, upstream: Upstream) -> None:
    upstream.body = lambda _path, _query: (200, {})
    if source.name == "open_library":
        assert source.find_many([SANTI_ISBN], seconds=5) == {}
    else:
        with pytest.raises(SourceFailedError, match="not understood"):
            source.find_many([SANTI_ISBN], seconds=5)


def test_a_redirect_to_another_server_on_this_machine_is_never_followed(source: Source, upstream: Upstream) -> None:
    with Upstream() as inside:
        upstream.fault = redirects_to(f"{inside.url}/secret")
        with pytest.raises(SourceFailedError) as failed:
            source.find_many([SANTI_ISBN], seconds=5)
        assert failed.value.failure is Failure.HOST_REFUSED
        assert inside.asked == []


def test_a_redirect_on_the_same_server_is_followed(source: Source, upstream: Upstream) -> None:
    good = upstream.body

    def moved(handler: object) -> None:
        upstream.fault = None
        handler.reply(301, b"", Location=handler.path)

    upstream.fault, upstream.body = moved, good
    assert SANTI_ISBN in source.find_many([SANTI_ISBN], seconds=5)


def test_a_hiccup_is_tried_once_more(source: Source, upstream: Upstream) -> None:
    def hiccup(handler: object) -> None:
        upstream.fault = None
        handler.reply(503, b"{}")

    upstream.fault = hiccup
    assert SANTI_ISBN in source.find_many([SANTI_ISBN], seconds=5)
    assert len(upstream.asked) == 2


def test_a_server_that_wants_rest_is_not_asked_again(source: Source, upstream: Upstream) -> None:
    upstream.fault, _ = FAULTS["429, come back in six hours"]
    with pytest.raises(SourceFailedError) as failed:
        source.find_many([SANTI_ISBN], seconds=5)
    assert failed.value.retry_after == 21600
    assert len(upstream.asked) == 1


@pytest.mark.parametrize("fault", ["100 MB", "gzip bomb"])
def test_a_huge_answer_takes_no_memory(source: Source, upstream: Upstream, fault: str) -> None:
    upstream.fault, _ = FAULTS[fault]
    with pytest.raises(SourceFailedError):
        source.find_many([SANTI_ISBN], seconds=5)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SourceFailedError):
        source.find_many([SANTI_ISBN], seconds=5)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


def test_a_server_that_is_not_there_is_unreachable(source: Source, upstream: Upstream) -> None:
    upstream.close()
    with pytest.raises(SourceFailedError) as failed:
        source.find_many([SANTI_ISBN], seconds=1)
    assert failed.value.failure is Failure.UNREACHABLE
