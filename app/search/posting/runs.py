"""Search: inverting a catalogue larger than memory, by sorted runs on disk that a killed build can go on with.

A run is two files: the documents of the run in rank order, and its terms in order of their bytes, each with its positions. As documents
come in rank order, the lists of one term in run after run are already one rising list.
"""

from __future__ import annotations

import json
import struct
from array import array
from collections import defaultdict
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from app.search.posting.lists import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.search.index import IndexEntry

POSTINGS_PER_RUN = 6_000_000
_RECORD = struct.Struct("<HI")
_BUFFER = 1 << 18
_MANIFEST = "manifest.json"

Cursor = tuple[int, int]
"""(rank_value, book id) of the last document that is safely in a run"""


class Runs:
    """The runs in one directory. What `flush` has returned from survives a kill."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._postings = defaultdict[str, list[int]](list)
        self._size = 0
        self._docs = (array("Q"), array("I"), array("q"))
        self.after: Cursor | None = None
        self.flushed = 0
        self.books = 0
        self._files = 0
        self._load()

    def add(self, entry: IndexEntry) -> None:
        """Take the next document in rank order."""
        position = self.books
        postings = self._postings
        for term in entry.terms.words:
            postings[term].append(position)
        self._size += len(entry.terms.words)
        for column, value in zip(self._docs, (entry.book_id, entry.ver, entry.rank_value), strict=True):
            column.append(value)
        self.books += 1
        if self._size >= POSTINGS_PER_RUN:
            self.flush()

    def flush(self) -> None:
        """Put what was taken since the last flush safely on disk."""
        if not self._docs[0]:
            return
        with self._path("docs", self._files).open("wb") as file:
            file.write(struct.pack("<I", len(self._docs[0])) + b"".join(column.tobytes() for column in self._docs))
        keyed = sorted((key_of(term), positions) for term, positions in self._postings.items())
        with self._path("terms", self._files).open("wb", buffering=_BUFFER) as file:
            for key, positions in keyed:
                file.write(_RECORD.pack(len(key), len(positions)) + key + array("I", positions).tobytes())
        self.after = (self._docs[2][-1], self._docs[0][-1])
        self._files += 1
        self.flushed = self.books
        self._save()
        self._postings, self._size = defaultdict(list), 0
        self._docs = (array("Q"), array("I"), array("q"))

    def docs(self) -> Iterator[tuple[int, int, int]]:
        """Return (book id, ver, rank value) of all documents in rank order."""
        for number in range(self._files):
            data = self._path("docs", number).read_bytes()
            (count,) = struct.unpack_from("<I", data)
            ids, vers, ranks = (
                array("Q", data[4 : 4 + 8 * count]),
                array("I", data[4 + 8 * count : 4 + 12 * count]),
                array("q", data[4 + 12 * count :]),
            )
            yield from zip(ids, vers, ranks, strict=True)

    def lists(self) -> Iterator[tuple[bytes, array[int]]]:
        """Return every term's bytes in order, with its positions."""
        runs = [self._read(number) for number in range(self._files)]
        for key, parts in groupby(merge(*runs), key=itemgetter(0)):
            positions = array("I")
            for _, _, data in parts:
                positions.frombytes(data)
            yield key, positions

    def remove(self) -> None:
        """Delete the directory."""
        for path in self._directory.iterdir():
            path.unlink()
        self._directory.rmdir()

    def _read(self, number: int) -> Iterator[tuple[bytes, int, bytes]]:
        with self._path("terms", number).open("rb", buffering=_BUFFER) as file:
            while header := file.read(_RECORD.size):
                key_size, count = _RECORD.unpack(header)
                yield file.read(key_size), number, file.read(4 * count)

    def _path(self, kind: str, number: int) -> Path:
        return self._directory / f"{kind}-{number:05d}"

    def _save(self) -> None:
        draft = self._directory / "manifest.new"
        draft.write_text(json.dumps({"files": self._files, "books": self.flushed, "after": self.after}))
        draft.replace(self._directory / _MANIFEST)

    def _load(self) -> None:
        path = self._directory / _MANIFEST
        if path.exists():
            known = json.loads(path.read_text())
            self._files = known["files"]
            self.books = self.flushed = known["books"]
            self.after = (known["after"][0], known["after"][1])
