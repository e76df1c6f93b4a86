"""A file as lines of text, gzipped or not, in bounded memory, with its progress in bytes."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from app.domain.errors import Refusal
from app.domain.text_encoding import SAMPLE_SIZE, UNREADABLE, Encoding, detect_encoding, telling_lines
from app.services.catalogue.bookfiles.rows import LONGEST_ROW

_GZIP = b"\x1f\x8b"
_FINGERPRINTED = 1 << 20
#: So many bytes at a file's beginning decide its encoding, more where they are all ASCII.
_SAMPLED = 8 << 20
_PIECE = 1 << 18
_LINES_NAMED = 10
_DAMAGES = (EOFError, zlib.error, gzip.BadGzipFile)


class FileDamaged(Refusal):
    """The file ends in the middle, or is not what its first bytes say."""

    status = 422
    zh = "文件不完整或已损坏：{detail}"
    en = "the file is damaged or cut short: {detail}"


@dataclass(slots=True)
class UnreadableLines:
    """Lines with bytes that mean nothing in the file's encoding: how many, and the numbers of the first of them."""

    count: int = 0
    first: list[int] = field(default_factory=list)
    _last: int = 0

    def add(self, number: int) -> None:
        """Count a line, once, though it comes in parts."""
        if number != self._last:
            self._last = number
            self.count += 1
            self.first += [number] if self.count <= _LINES_NAMED else []


@dataclass(frozen=True, slots=True)
class TextStream:
    """An open file: `lines` once through, or `pieces` from where they are; `size` is that of the stored bytes (compressed).

    `unreadable` are those of the lines read so far in which bytes meant nothing.
    """

    lines: Iterator[str]
    size: int
    stored: IO[bytes]
    encoding: Encoding
    pieces: Iterator[str]
    unreadable: UnreadableLines

    def position(self) -> int:
        """Return how many stored bytes have been read; the buffer makes it run a little ahead."""
        return self.stored.tell()


@contextmanager
def open_text(path: Path) -> Iterator[TextStream]:
    """Open a file of text in the encoding that makes the fewest errors, gunzipping it if its first bytes say so.

    Lines end with LF, however the file ends them. Bytes that cannot be read come as U+FFFD. A line over LONGEST_ROW
    comes cut to one character more.

    :raises OSError: when the file cannot be read. :raises FileDamaged: then, and while reading.
    """
    with path.open("rb") as stored:
        packed = stored.read(len(_GZIP)) == _GZIP
        stored.seek(0)
        data = cast("IO[bytes]", gzip.GzipFile(fileobj=stored)) if packed else stored
        encoding = _encoding(data)
        text = io.TextIOWrapper(data, encoding.codec, "replace", newline=None)
        reading = _Reading(text)
        size = path.stat().st_size
        yield TextStream(reading.lines(), size, stored, encoding, reading.pieces(), reading.unreadable)


def fingerprint(path: Path) -> str:
    """Name the file's content cheaply, by its size, first and last MiB, so that a moved or renamed file is known again."""
    size = path.stat().st_size
    with path.open("rb") as stored:
        digest = hashlib.sha256(stored.read(_FINGERPRINTED))
        stored.seek(max(0, size - _FINGERPRINTED))
        digest.update(stored.read(_FINGERPRINTED))
    return f"{size}-{digest.hexdigest()[:32]}"


def _encoding(data: IO[bytes]) -> Encoding:
    """Find out the encoding by the file's beginning, as far as it can be read, and go back to it."""
    first, telling, read = b"", b"", 0
    with suppress(*_DAMAGES):
        while len(telling) < SAMPLE_SIZE and (read < _SAMPLED or not telling):
            if not (piece := data.read(_PIECE) + data.readline(_PIECE)):
                break
            first = first or piece
            telling += telling_lines(piece)
            read += len(piece)
    data.seek(0)
    return detect_encoding(
        first if b"\x00" in first else b"\n" + telling
    )  # a later line's beginning is no byte order mark


class _Reading:
    """The text of a file, by lines or by pieces, with the numbers of the lines that have unreadable bytes."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._number = 1
        self.unreadable = UnreadableLines()

    def pieces(self) -> Iterator[str]:
        with _damage_told():
            while piece := self._text.read(_PIECE):
                self._note(piece)
                yield piece

    def lines(self) -> Iterator[str]:
        with _damage_told():
            while line := self._text.readline(LONGEST_ROW + 1):
                self._note(line)
                yield line
                while len(line) > LONGEST_ROW and not line.endswith("\n"):
                    line = self._text.readline(LONGEST_ROW + 1)
                    self._note(line)

    def _note(self, text: str) -> None:
        if UNREADABLE in text:
            for number, line in enumerate(text.split("\n"), start=self._number):
                if UNREADABLE in line:
                    self.unreadable.add(number)
        self._number += text.count("\n")


@contextmanager
def _damage_told() -> Iterator[None]:
    """Raise what the decompressing raises as what it means."""
    try:
        yield
    except _DAMAGES as error:
        raise FileDamaged(detail=str(error)) from error
