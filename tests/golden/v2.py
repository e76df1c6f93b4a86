"""What `/v2` answers about the starter catalogue, as digests: `python -m tests.golden.v2` rewrites `v2.csv`.

Programs rely on these answers to the byte. Only a change of the API, of the catalogue, or of what a search finds may change one:
after such a change run the command and look at which lines differ.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from flask import Flask

from app.domain.book import BookFacts
from app.domain.isbn import to_isbn10
from tests.golden.starter import load_starter, read_starter
from tests.support.apps import close, make_app, migrate

ANSWERS = Path(__file__).with_name("v2.csv")
#: Where in the starter catalogue the books that are asked for stand, and how many in each place.
_OFFSETS, _BOOKS, _QUERIES = (0, 7_500, 15_000), 70, 24
_FIRST_ID = 100_000_001


def list_paths(facts: list[BookFacts]) -> Iterator[str]:
    """Yield the addresses that are asked, in the order of the file."""
    for offset in _OFFSETS:
        books = facts[offset : offset + _BOOKS]
        for number, book in enumerate(books):
            isbn = to_isbn10(book.isbn13) if number % 3 == 0 else None
            yield f"/v2/book/isbn/{isbn or book.isbn13}"
        for number in range(0, _BOOKS, 7):
            yield f"/v2/book/{_FIRST_ID + offset + number}"
            yield f"/v2/book/{_FIRST_ID + offset + number}/tags"
        yield from islice(_searches(books), _QUERIES * 3)


def _searches(books: list[BookFacts]) -> Iterator[str]:
    """Yield searches that show a first page, a later and long one, and one in the middle."""
    for book in books:
        yield f"/v2/book/search?q={quote(book.title)}"
        yield f"/v2/book/search?q={quote(' '.join(book.authors[:1]) or book.publisher)}&start=5&count=50"
        yield f"/v2/book/search?q={quote(book.title[:2])}&start=20&count=10"


def read_answers(app: Flask, paths: list[str]) -> dict[str, str]:
    """Ask each address and return what makes up its answer, as status and digest."""
    client = app.test_client()
    found = {}
    for path in paths:
        answer = client.get(path)
        said = answer.data + str(answer.headers.get("X-Total-Is", "")).encode()
        found[path] = f"{answer.status_code} {blake2b(said, digest_size=8).hexdigest()}"
    return found


def read_golden() -> dict[str, str]:
    """Return what each address is to answer."""
    with ANSWERS.open(encoding="utf-8", newline="") as file:
        return {row["path"]: row["answer"] for row in csv.DictReader(file)}


def write_golden() -> None:
    """Write what the program answers now."""
    folder = Path(tempfile.mkdtemp())
    (folder / "data").mkdir()
    app = make_app(folder / "data")
    migrate(app)
    load_starter(app)
    answers = read_answers(app, list(dict.fromkeys(list_paths(read_starter()))))
    close(app)
    shutil.rmtree(folder)
    with ANSWERS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("path", "answer"), *answers.items()])


if __name__ == "__main__":
    write_golden()
