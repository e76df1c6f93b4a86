"""Inverting a catalogue larger than memory, by sorted runs on disk that a killed build can go on with.

A run is two files: the documents of the run in rank order, and its terms in order of their bytes, each with its positions. As documents
come in rank order, the lists of one term in run after run are already one rising list.

Terms are written and read in blocks, so that lengths, keys and positions of thousands pass in one go: ``(terms, bytes of keys)``,
the length of each key (2 bytes), the length of each list (4 bytes), the keys, the positions (4 bytes each).
"""

from __future__ import annotations

import json
import struct
from array import array
from bisect import bisect_right
from collections import defaultdict
from functools import partial
from itertools import accumulate, groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from app.search.index.posting_list import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from app.search.index.port import IndexEntry

POSTINGS_PER_RUN = 6_000_000
TERMS_PER_BLOCK = 4096
_BLOCK = struct.Struct("<II")
_BUFFER = 1 << 18
_MANIFEST = "manifest-2.json"
"""Its number is that of the format of the files."""

_key = itemgetter(0)

RunPosition = tuple[int, int]
"""(rank_value, book id) of the last document that is safely in a run"""

_Record = tuple[bytes, int, bytes]
"""(key, number of the run, positions)"""


class SortedRuns:
    """The runs in one directory. What `flush` has returned from survives a kill, unless it was made by another version's rules."""

    def __init__(self, directory: Path, version: str = "") -> None:
        self._directory = directory
        self._version = version
        directory.mkdir(parents=True, exist_ok=True)
        self._postings = _no_postings()
        self._size = 0
        self._docs = (array("Q"), array("I"), array("q"))
        self.after: RunPosition | None = None
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
        ids, versions, ranks = self._docs
        ids.append(entry.book_id)
        versions.append(entry.version)
        ranks.append(entry.rank_value)
        self.books += 1
        if self._size >= POSTINGS_PER_RUN:
            self.flush()

    def flush(self) -> None:
        """Put what was taken since the last flush safely on disk."""
        if not self._docs[0]:
            return
        with self._path("docs", self._files).open("wb") as file:
            file.write(struct.pack("<I", len(self._docs[0])) + b"".join(column.tobytes() for column in self._docs))
        postings = dict(zip(map(key_of, self._postings), self._postings.values(), strict=True))
        keys = sorted(postings)
        with self._path("terms", self._files).open("wb", buffering=_BUFFER) as file:
            for start in range(0, len(keys), TERMS_PER_BLOCK):
                some = keys[start : start + TERMS_PER_BLOCK]
                file.write(_pack(some, [postings[key] for key in some]))
        self.after = (self._docs[2][-1], self._docs[0][-1])
        self._files += 1
        self.flushed = self.books
        self._save()
        self._postings, self._size = _no_postings(), 0
        self._docs = (array("Q"), array("I"), array("q"))

    def docs(self) -> Iterator[tuple[int, int, int]]:
        """Return (book id, version, rank value) of all documents in rank order."""
        for number in range(self._files):
            data = self._path("docs", number).read_bytes()
            (count,) = struct.unpack_from("<I", data)
            ids, versions, ranks = (
                array("Q", data[4 : 4 + 8 * count]),
                array("I", data[4 + 8 * count : 4 + 12 * count]),
                array("q", data[4 + 12 * count :]),
            )
            yield from zip(ids, versions, ranks, strict=True)

    def lists(self) -> Iterator[tuple[bytes, array[int]]]:
        """Return every term's bytes in order, with its positions."""
        for key, parts in groupby(self._merged(), key=_key):
            yield key, array("I", b"".join([positions for _, _, positions in parts]))

    def remove(self) -> None:
        """Delete the directory."""
        for path in self._directory.iterdir():
            path.unlink()
        self._directory.rmdir()

    def _merged(self) -> Iterator[_Record]:
        """Yield the records of all runs in order.

        What is not after the end of any run's block that is open can be sorted and given: `sort` is quickest at merging what
        is sorted in stretches.
        """
        runs = [_OpenRun(self._path("terms", number), number) for number in range(self._files)]
        while runs := [run for run in runs if run.is_filled()]:
            bound = min(run.last_key for run in runs)
            records = [record for run in runs for record in run.take(bound)]
            records.sort()
            yield from records

    def _path(self, kind: str, number: int) -> Path:
        return self._directory / f"{kind}-{number:05d}"

    def _save(self) -> None:
        draft = self._directory / "manifest.new"
        draft.write_text(
            json.dumps({"files": self._files, "books": self.flushed, "after": self.after, "version": self._version})
        )
        draft.replace(self._directory / _MANIFEST)

    def _load(self) -> None:
        path = self._directory / _MANIFEST
        if path.exists():
            known = json.loads(path.read_text())
            if known.get("version") != self._version:
                return
            self._files = known["files"]
            self.books = self.flushed = known["books"]
            self.after = (known["after"][0], known["after"][1])


class _OpenRun:
    """A run being read, a block at a time."""

    def __init__(self, path: Path, number: int) -> None:
        self._file = path.open("rb", buffering=_BUFFER)
        self._number = number
        self._block: Sequence[_Record] = ()
        self._taken = 0

    @property
    def last_key(self) -> bytes:
        """Return the last key of the block."""
        return self._block[-1][0]

    def is_filled(self) -> bool:
        """Read the next block if this one is used up; say whether there is one."""
        if self._taken == len(self._block):
            self._block, self._taken = self._read(), 0
        if not self._block:
            self._file.close()
        return bool(self._block)

    def take(self, bound: bytes) -> Sequence[_Record]:
        """Return what is left of the block up to a key."""
        start, self._taken = self._taken, bisect_right(self._block, bound, self._taken, key=_key)
        return self._block[start : self._taken]

    def _read(self) -> Sequence[_Record]:
        header = self._file.read(_BLOCK.size)
        if not header:
            return ()
        terms, size = _BLOCK.unpack(header)
        lengths, counts = array("H", self._file.read(2 * terms)), array("I", self._file.read(4 * terms))
        keys = _cut(self._file.read(size), lengths)
        positions = _cut(self._file.read(4 * sum(counts)), [4 * count for count in counts])
        return [(key, self._number, some) for key, some in zip(keys, positions, strict=True)]


def _no_postings() -> defaultdict[str, array[int]]:
    """Return a dict of arrays: half as large as lists, and nothing for the garbage collector to walk through."""
    return defaultdict(partial(array, "I"))


def _pack(keys: Sequence[bytes], lists: Sequence[array[int]]) -> bytes:
    joined = b"".join(keys)
    lengths, counts = array("H", map(len, keys)), array("I", map(len, lists))
    return b"".join((_BLOCK.pack(len(keys), len(joined)), lengths, counts, joined, *lists))


def _cut(data: bytes, lengths: Sequence[int]) -> list[bytes]:
    """Cut bytes into pieces of these lengths."""
    return [data[start:end] for start, end in pairwise(accumulate(lengths, initial=0))]
