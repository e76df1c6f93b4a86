"""services: a file as lines of text, gzipped or not, in bounded memory, with its progress in bytes."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from app.domain.errors import Refusal
from app.services.bookfiles.rows import LONGEST_ROW

_GZIP = b"\x1f\x8b"
_FINGERPRINTED = 1 << 20


class FileDamaged(Refusal):
    """The file ends in the middle, or is not what its first bytes say."""

    status = 422
    zh = "文件不完整或已损坏：{detail}"
    en = "the file is damaged or cut short: {detail}"


@dataclass(frozen=True, slots=True)
class TextStream:
    """An open file: `lines` once through; `position()` of `size` bytes read so far, both as stored (compressed)."""

    lines: Iterator[str]
    size: int
    stored: IO[bytes]

    def position(self) -> int:
        """Give how many stored bytes have been read; the buffer makes it run a little ahead."""
        return self.stored.tell()


@contextmanager
def open_text(path: Path) -> Iterator[TextStream]:
    """Open a UTF-8 file, gunzipping it if its first bytes say so.

    Bytes that are no UTF-8 come as lone surrogates, so that a row can be refused instead of the whole file. A line
    over LONGEST_ROW comes cut to one character more.

    :raises OSError: when the file cannot be read. While reading, :raises FileDamaged:.
    """
    with path.open("rb") as stored:
        packed = stored.read(len(_GZIP)) == _GZIP
        stored.seek(0)
        data = cast("IO[bytes]", gzip.GzipFile(fileobj=stored)) if packed else stored
        yield TextStream(_lines(data), path.stat().st_size, stored)


def fingerprint(path: Path) -> str:
    """Name the file's content cheaply, by its size, first and last MiB, so that a moved or renamed file is known again."""
    size = path.stat().st_size
    with path.open("rb") as stored:
        digest = hashlib.sha256(stored.read(_FINGERPRINTED))
        stored.seek(max(0, size - _FINGERPRINTED))
        digest.update(stored.read(_FINGERPRINTED))
    return f"{size}-{digest.hexdigest()[:32]}"


def _lines(data: IO[bytes]) -> Iterator[str]:
    first = True
    while raw := _read_line(data):
        line = raw.decode("utf-8", "surrogateescape")
        yield line.removeprefix("\ufeff") if first else line
        first = False


def _read_line(data: IO[bytes]) -> bytes:
    try:
        line = data.readline(LONGEST_ROW + 1)
        if len(line) > LONGEST_ROW:
            rest = line
            while rest and not rest.endswith(b"\n"):
                rest = data.readline(LONGEST_ROW)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileDamaged(detail=str(error)) from error
    return line
