"""Make app/data/confusables.txt again: `pip install --target DIR icu4py`, then `PYTHONPATH=DIR python -m tests.support.confusables_table`.

icu4py carries the whole of ICU; its spoof checker knows the skeleton (UTS 39) of every character.
"""

from __future__ import annotations

import ctypes
import importlib.util
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from app.domain.characters import CONFUSABLES

HEADER = "# Unicode's confusables for texts in NFD, by ICU {icu}: a prototype, a tab, and what is taken for it. Made by tests/support/confusables_table.py\n"
Skeleton = Callable[[str], str]


def icu() -> tuple[Skeleton, str]:
    """Return ICU's own skeleton of a text, and ICU's version."""
    found = importlib.util.find_spec("icu4py")
    assert found is not None, __doc__
    assert found.origin is not None, __doc__
    folder = Path(found.origin).parents[1] / "icu4py.libs"
    parts = [next(folder.glob(f"lib{name}-*")) for name in ("icudata", "icuuc", "icui18n")]
    library = [ctypes.CDLL(str(part), mode=ctypes.RTLD_GLOBAL) for part in parts][-1]
    version = parts[-1].name.partition(".so.")[2]
    suffix, error = version.partition(".")[0], ctypes.c_int(0)
    open_checker = getattr(library, f"uspoof_open_{suffix}")
    open_checker.restype = ctypes.c_void_p
    checker = ctypes.c_void_p(open_checker(ctypes.byref(error)))
    get = getattr(library, f"uspoof_getSkeletonUTF8_{suffix}")

    def skeleton(text: str) -> str:
        data, buffer = text.encode(), ctypes.create_string_buffer(512)
        length = get(checker, 0, data, len(data), buffer, 512, ctypes.byref(error))
        assert error.value <= 0, (text, error.value)
        return buffer.raw[:length].decode()

    return skeleton, version


def characters() -> list[str]:
    """List every character that a text may hold after NFKC and NFD."""
    every = (chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)
    return [
        sign
        for sign in every
        if unicodedata.category(sign)[0] != "C"
        and unicodedata.normalize("NFKC", sign) == sign == unicodedata.normalize("NFD", sign)
    ]


def shape(sign: str, skeleton: Skeleton) -> str:
    """Return what a character looks like: the same for both of its cases, unless each looks like another ASCII letter."""
    own, small, capital = skeleton(sign), sign.casefold(), sign.upper()
    if sign.isascii() or len(small) != 1 or len(capital) != 1 or small == capital:
        return own
    small, capital = skeleton(small), skeleton(capital)
    if is_plain(small) and is_plain(capital):
        return own
    return capital if is_plain(capital) else small


def is_plain(text: str) -> bool:
    """Whether a text is an ASCII letter or digit."""
    return len(text) == 1 and text.isascii() and text.isalnum()


def settled(text: str, skeleton: Skeleton) -> str:
    """Return the prototype in lower case that has no other prototype. Capital i looks like small L: all of i is l."""
    while True:
        small = "".join(shape(sign, skeleton) for sign in text.casefold()).casefold().replace("i", "l")
        small = unicodedata.normalize("NFD", small)
        if small == text:
            return text
        text = small


def table(skeleton: Skeleton) -> dict[str, list[str]]:
    """Return the characters of each prototype; those that case folding alone leads there are left out."""
    found = {}
    for sign in characters():
        prototype = settled(shape(sign, skeleton), skeleton)
        if prototype and prototype != sign.casefold() and not any(part.isspace() for part in prototype):
            found[sign] = prototype
    groups = defaultdict(list)
    for sign, prototype in found.items():
        small = sign.casefold()
        if small == sign or found.get(small, small) != prototype:
            groups[prototype].append(sign)
    return groups


if __name__ == "__main__":
    its_skeleton, its_version = icu()
    rows = (f"{prototype}\t{''.join(signs)}\n" for prototype, signs in sorted(table(its_skeleton).items()))
    CONFUSABLES.write_text(HEADER.format(icu=its_version) + "".join(rows), "utf-8")
