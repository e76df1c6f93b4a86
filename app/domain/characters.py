"""Characters: which of them a text may hold, and what a text looks like (its skeleton after UTS 39).

`cleaned` is for the way in, `without_forbidden` for the way out into XML; `skeleton` is the same for texts that a reader takes for
each other.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

#: All but the production Char of XML 1.0 (§2.2): one of these anywhere, and no reader takes the document.
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
#: Allowed in XML, yet no text: DEL, the C1 controls, and the noncharacters of every plane.
_NO_TEXT = re.compile(
    "[\x7f-\x9f\ufdd0-\ufdef" + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)) + "]"
)  # fmt: skip


def without_forbidden(text: str) -> str:
    """Return the text without what XML 1.0 forbids: control characters, lone surrogates, U+FFFE and U+FFFF."""
    return text if text.isprintable() else _FORBIDDEN.sub("", text)


def cleaned(text: str) -> str:
    r"""Return a text as it is kept: every line end (CR, NEL, U+2028 …) as ``\n``, and no character that is none."""
    if text.isprintable():
        return text
    return _NO_TEXT.sub("", without_forbidden(_LINE_END.sub("\n", text)))


_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_ISOLATES = frozenset("\u2066\u2067\u2068")
#: Embeddings, overrides, and what ends them: each turns the text behind it, too, where nothing isolates it.
_EMBEDDINGS = frozenset("\u202a\u202b\u202c\u202d\u202e")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def isolated(text: str) -> str:
    """Return a text that may stand among others: signs in it that turn the direction of writing end with it, line by line (UAX 9)."""
    if text.isprintable() or not _TURNING.search(text):
        return text
    return "\n".join(map(_isolated_line, text.split("\n")))


def isolated_value(value: Any) -> Any:
    """Return what a template writes: a text isolated, all else, such as markup, whose parts are, as it is."""
    return isolated(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _isolated_line(line: str) -> str:
    open_, is_loose = 0, False
    kept = []
    for sign in line:
        if sign == _POP_ISOLATE and not open_:
            is_loose = True
            continue
        open_ += (sign in _ISOLATES) - (sign == _POP_ISOLATE)
        is_loose = is_loose or (sign in _EMBEDDINGS and not open_)
        kept.append(sign)
    if not is_loose and not open_:
        return line
    return f"{_FIRST_STRONG_ISOLATE}{''.join(kept)}{_POP_ISOLATE * (open_ + 1)}"


#: Unicode's table of confusables, for texts in lower case; `tests/support/confusables_table.py` makes it and says its version.
CONFUSABLES = Path(__file__).parents[1] / "data" / "confusables.txt"
#: Signs that draw nothing, or nothing but room, and are no control or format character.
BLANK = frozenset(
    chr(point)
    for first, last in (
        (0x034F, 0x034F),  # combining grapheme joiner
        (0x115F, 0x1160),  # Hangul fillers
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x2800, 0x2800),  # a Braille cell without dots
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),  # variation selectors
        (0xFFA0, 0xFFA0),
        (0xFFFC, 0xFFFC),
        (0x13441, 0x13446),
        (0x16FE4, 0x16FE4),
        (0x1D159, 0x1D159),
        (0xE0100, 0xE01EF),
    )
    for point in range(first, last + 1)
)


#: Letters and digits in circles, squares and brackets, and those of flags, which NFKC leaves as they are or gives brackets.
_ENCLOSED = {
    first + place: chr(ord(plain) + place)
    for plain, many, firsts in (
        ("a", 26, (0x249C, 0x1F110, 0x1F130, 0x1F150, 0x1F170, 0x1F1E6)),
        ("d", 1, (0x1F1A5,)),
        ("1", 9, (0x2474, 0x2776, 0x2780, 0x278A, 0x24F5)),
        ("0", 1, (0x24FF, 0x1F10B, 0x1F10C)),
    )
    for first in firsts
    for place in range(many)
}


def unenclosed(text: str) -> str:
    """Return a text with the plain letters and digits of those that stand in circles, squares, brackets and flags."""
    return text.translate(_ENCLOSED)


def skeleton(text: str) -> str:
    """Return what a text looks like, in any case of its letters, without spaces and what cannot be seen.

    It goes beyond UTS 39 where case forces it: capital i looks like small L, so all of i, I, l and 1 are one; and of letters
    that look like Latin in one case alone both cases do.
    """
    seen = "".join(
        sign
        for sign in unicodedata.normalize("NFKC", unenclosed(text))
        if sign not in BLANK and not sign.isspace() and unicodedata.category(sign)[0] != "C"
    )
    for _case in ("as written", "small"):
        seen = unicodedata.normalize("NFD", seen).translate(_prototypes()).casefold()
    return unicodedata.normalize("NFC", seen)


@cache
def _prototypes() -> dict[int, str]:
    lines = CONFUSABLES.read_text("utf-8").split("\n")
    pairs = (line.split("\t") for line in lines if "\t" in line)
    return {ord(sign): prototype for prototype, signs in pairs for sign in signs}
