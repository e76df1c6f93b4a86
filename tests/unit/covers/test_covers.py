from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from threading import Event, Thread

import pytest
from PIL import Image

from app.covers.covers import WIDTHS, Covers
from app.domain.book import BookFacts
from app.libs.caches import DiskCache
from tests.support.patience import SOON

PLAIN = BookFacts(isbn13="9787536692930", title="三体")
PICTURED = BookFacts(isbn13="9787536692930", title="三体", cover="https://covers.example/1.jpg")
OTHER = BookFacts(isbn13="9780141439518", title="Pride", cover="https://covers.example/2.jpg")


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (600, 900), (200, 30, 30)).save(out, "PNG")
    return out.getvalue()


class Fetch:
    def __init__(self) -> None:
        self.answer: bytes | None = picture()
        self.asked: list[str] = []
        self.gate: Event | None = None
        self.was_asked = Event()

    def __call__(self, address: str) -> bytes | None:
        self.asked.append(address)
        self.was_asked.set()
        if self.gate:
            self.gate.wait(2 * SOON)
        return self.answer


@pytest.fixture
def fetch() -> Iterator[Fetch]:
    fetch = Fetch()
    yield fetch
    if fetch.gate:
        fetch.gate.set()


def covers_of(fetch: Fetch, folder: Path, *, slots: int = 2) -> Covers:
    return Covers(fetch=fetch, cache=DiskCache(folder, max_bytes=10_000_000), slots=slots)


@pytest.fixture
def covers(fetch: Fetch, tmp_path: Path) -> Covers:
    return covers_of(fetch, tmp_path)


def width(jpeg: bytes) -> int:
    with Image.open(BytesIO(jpeg), formats=["JPEG"]) as image:
        return image.width


def test_a_book_without_a_cover_at_its_source_has_none_and_nobody_is_asked(covers: Covers, fetch: Fetch) -> None:
    assert covers.find_fetched(PLAIN, size="l").jpeg == b""
    assert covers.find_fetched(PLAIN, size="l").is_final
    assert fetch.asked == []


def test_a_cover_is_fetched_once_for_all_sizes_and_outlives_the_process(
    covers: Covers, fetch: Fetch, tmp_path: Path
) -> None:
    for size, wanted in WIDTHS.items():
        assert width(covers.find_fetched(PICTURED, size=size).jpeg) == wanted
    assert width(covers_of(fetch, tmp_path).picture(PICTURED, size="m").jpeg) == 240
    assert fetch.asked == [PICTURED.cover]


@pytest.mark.parametrize("answer", [None, b"<html>not found</html>", b"\xff\xd8\xff broken"])
def test_a_cover_that_cannot_be_had_is_not_asked_for_again_and_again(
    covers: Covers, fetch: Fetch, answer: bytes | None
) -> None:
    fetch.answer = answer
    for _ in range(3):
        assert covers.find_fetched(PICTURED, size="m").jpeg == b""
        assert not covers.find_fetched(PICTURED, size="m").is_final
    assert fetch.asked == [PICTURED.cover]


def test_instead_of_it_a_cover_is_drawn_in_every_size(covers: Covers, fetch: Fetch) -> None:
    fetch.answer = None
    for facts in (PLAIN, PICTURED):
        assert [width(covers.picture(facts, size=size).jpeg) for size in WIDTHS] == [120, 240, 480]
    assert covers.picture(PLAIN, size="m").is_final
    assert not covers.picture(PICTURED, size="m").is_final


def test_a_drawn_cover_changes_with_what_is_written_on_it(covers: Covers) -> None:
    again = BookFacts(isbn13=PLAIN.isbn13, title="三体全集")
    assert covers.picture(PLAIN, size="m").jpeg == covers.picture(PLAIN, size="m").jpeg
    assert covers.picture(PLAIN, size="m").jpeg != covers.picture(again, size="m").jpeg


def test_only_so_many_wait_for_a_slow_host_and_the_others_get_a_drawn_cover_at_once(
    fetch: Fetch, tmp_path: Path
) -> None:
    fetch.gate = Event()
    covers = covers_of(fetch, tmp_path, slots=1)
    waiting = Thread(target=covers.picture, args=(PICTURED,), kwargs={"size": "m"})
    waiting.start()
    assert fetch.was_asked.wait(SOON)
    for facts in (PICTURED, OTHER):
        picture = covers.picture(facts, size="m")
        assert picture.jpeg
        assert not picture.is_final
    fetch.gate.set()
    waiting.join()
    assert covers.find_fetched(PICTURED, size="m").is_final
    assert fetch.asked == [PICTURED.cover]


class DiskFullError(Exception):
    pass


@pytest.mark.parametrize("end", ["a picture", "no picture", "not a picture", "a fault while fetching", "a full disk"])
def test_however_a_fetch_ends_its_place_is_free_again(
    fetch: Fetch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    covers = covers_of(fetch, tmp_path, slots=1)
    good = fetch.answer

    def fail(*_: object) -> None:
        raise DiskFullError

    with monkeypatch.context() as broken:
        if end == "a fault while fetching":
            broken.setattr(covers, "_fetch", fail)
        elif end == "a full disk":
            broken.setattr(DiskCache, "keep", fail)
        else:
            fetch.answer = {"a picture": good, "no picture": None, "not a picture": b"<html>"}[end]
        if "a f" in end:
            with pytest.raises(DiskFullError):
                covers.find_fetched(PICTURED, size="m")
        else:
            covers.find_fetched(PICTURED, size="m")
    fetch.answer = good
    assert covers.find_fetched(OTHER, size="m").jpeg, "the only place is free"
    if "a f" in end:
        assert covers.find_fetched(PICTURED, size="m").jpeg, "and the book may be asked for again"
