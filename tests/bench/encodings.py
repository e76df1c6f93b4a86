"""`bench encodings`: how often our decoder and charset-normalizer's read a file as it was written, and how long each takes."""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import click
from charset_normalizer import from_bytes
from opencc import OpenCC

from app.domain.text_encoding import NotText, decode_text
from tests.golden.starter import STARTER
from tests.support.paths import ROOT

CASES = ROOT / "tests" / "cases"
#: The cases that are not in UTF-8.
_OTHERS = {"L03-list.csv": "utf-16-le", "L06-list.csv": "cp1252", "C08-b.csv": "gb18030"}
_CODECS = ("utf-8", "gb18030", "big5hkscs", "cp1252")
_JAPANESE = (
    "吾輩は猫である,夏目漱石",
    "ノルウェイの森,村上春樹",
    "雪国,川端康成",
    "コンビニ人間,村田沙耶香",
    "こころ,夏目漱石",
)
_KOREAN = ("채식주의자,한강", "소년이 온다,한강", "82년생 김지영,조남주", "엄마를 부탁해,신경숙", "아몬드,손원평")


@click.command("encodings")
@click.option("--each", default=300, show_default=True, help="Lists of each encoding and length.")
@click.option("--seed", default=1, show_default=True)
def encodings(each: int, seed: int) -> None:
    """Read the files of tests/cases, and lists of one, three and ten books, by both decoders."""
    click.echo(f"{'':30} {'files':>6} {'ours':>6} {'charset-normalizer':>19} {'ms each':>13}")
    _compare("tests/cases", [(path.read_bytes(), _text(path)) for path in sorted(CASES.glob("[CLOX]*"))])
    for size in (1, 3, 10):
        rng = random.Random(seed)
        for codec, lines in _languages():
            _compare(f"{size} in {codec}", list(_lists(lines, codec, size, each, rng)))


def _text(path: Path) -> str:
    return path.read_bytes().decode(_OTHERS.get(path.name, "utf-8-sig"), "replace").removeprefix("\ufeff")


def _languages() -> Iterator[tuple[str, list[str]]]:
    with gzip.open(STARTER, "rt", encoding="utf-8") as file:
        lines = [f"{row['title']},{row['authors']}" for row in csv.DictReader(file)]
    traditional = OpenCC("s2t")
    for codec in _CODECS:
        written = (traditional.convert(line) if codec == "big5hkscs" else line for line in lines if not line.isascii())
        yield codec, [line for line in written if _fits(line, codec)]
    yield "cp932", list(_JAPANESE)
    yield "cp949", list(_KOREAN)


def _fits(line: str, codec: str) -> bool:
    try:
        return not line.encode(codec).isascii()
    except UnicodeError:
        return False


def _lists(lines: list[str], codec: str, size: int, each: int, rng: random.Random) -> Iterator[tuple[bytes, str]]:
    for _list in range(each):
        text = "\n".join(rng.choices(lines, k=size))
        yield text.encode(codec), text


def _compare(name: str, files: list[tuple[bytes, str]]) -> None:
    (ours, our_ms), (theirs, their_ms) = (_measure(read, files) for read in (_ours, _theirs))
    click.echo(f"{name:30} {len(files):6} {ours:6} {theirs:19} {our_ms:6.2f} {their_ms:6.2f}")


def _measure(read: Callable[[bytes], str], files: list[tuple[bytes, str]]) -> tuple[int, float]:
    began = perf_counter()
    right = sum(read(data).replace("\x00", "") == text.replace("\x00", "") for data, text in files)
    return right, (perf_counter() - began) * 1000 / len(files)


def _ours(data: bytes) -> str:
    try:
        return decode_text(data).text
    except NotText:
        return ""


def _theirs(data: bytes) -> str:
    best = from_bytes(data).best()
    return "" if best is None else str(best).removeprefix("\ufeff")
