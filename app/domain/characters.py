"""domain: which characters a text may hold: `cleaned` on the way in, `without_forbidden` on the way out into XML."""

from __future__ import annotations

import re

#: All but the production Char of XML 1.0 (§2.2): one of these anywhere, and no reader takes the document.
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
#: Allowed in XML, yet no text: DEL, the C1 controls, and the noncharacters of every plane.
_NO_TEXT = re.compile(
    "[\x7f-\x9f\ufdd0-\ufdef" + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)) + "]"
)  # fmt: skip


def without_forbidden(text: str) -> str:
    """Return the text without what XML 1.0 forbids: control characters, lone surrogates, U+FFFE and U+FFFF."""
    return text if text.isprintable() else _FORBIDDEN.sub("", text)


def cleaned(text: str) -> str:
    r"""Return a text as it is kept: every line end (CR, NEL, U+2028 …) as ``\n``, and no character that is none."""
    if text.isprintable():
        return text
    return _NO_TEXT.sub("", without_forbidden(_LINE_END.sub("\n", text)))
