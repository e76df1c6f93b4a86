"""Which encoding bytes of text are in: of those that lists and book files come in, the one with the fewest errors.

An error is what honest text in an encoding has not: bytes that mean nothing, characters that are hardly ever used, in
Windows-1252 accented letters that stand together, or that make up UTF-8 or kana. General detectors guess by the language
and need long texts; a list of three books has a dozen bytes to go by. EUC-KR and GB 18030 have the same bytes: a text is
Korean when nearly all of them make common syllables, and when there are enough of them to tell.
"""

from __future__ import annotations

import re
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from app.domain.errors import Refusal

#: So many bytes decide; more would change nothing.
SAMPLE_SIZE = 1 << 16


class NotText(Refusal):
    """The bytes are no text in any encoding known here: a picture, a spreadsheet's own format, an archive."""

    status = 422
    zh = "这不像是文字：请把表格另存为 CSV，再选它。"
    en = "This does not look like text: save the spreadsheet as CSV and choose that file."


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding: its name for people, and Python's."""

    name: str
    codec: str


UTF_8 = Encoding("UTF-8", "utf-8-sig")
GB_18030 = Encoding("GB 18030", "gb18030")
BIG5 = Encoding("Big5", "big5hkscs")
SHIFT_JIS = Encoding("Shift-JIS", "cp932")
EUC_KR = Encoding("EUC-KR", "cp949")
WINDOWS_1252 = Encoding("Windows-1252", "cp1252")
UTF_16 = Encoding("UTF-16", "utf-16")
UTF_16_LE = Encoding("UTF-16", "utf-16-le")
UTF_16_BE = Encoding("UTF-16", "utf-16-be")

_BOMS = {BOM_UTF8: UTF_8, BOM_UTF16_LE: UTF_16, BOM_UTF16_BE: UTF_16}
_UTF_8_SIGN = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
#: An accented capital that begins a word, and two more letters of it.
_CAPITAL_AND_LETTERS = re.compile(rb"(?<![\x80-\xff\w])[\xc0-\xde][a-z]{2}")
_LETTER_PAIR = re.compile(rb"[\xc0-\xff](?=[\xc0-\xff])")
#: A letter before a sign that is no quotation mark, dash or ellipsis.
_LETTER_AND_SIGN = re.compile(rb"[\xc0-\xff][\x80-\x84\x86-\x90\x98-\xaa\xac-\xba\xbc-\xbf]")
#: Katakana and hiragana in Shift-JIS; in Windows-1252 a florin sign, or a low quotation mark before a sign that is no ASCII.
_SHIFT_JIS_KANA = re.compile(rb"\x83[\x40-\x96]|\x82[\x9f-\xf1]")
#: Which consonants at the beginning, vowels, and consonants at the end most syllables of a Korean text have, as Unicode counts them.
_KOREAN_PARTS = (
    frozenset({0, 2, 3, 5, 6, 7, 9, 11, 12, 14, 15, 16, 17, 18}),
    frozenset({0, 1, 4, 5, 6, 7, 8, 9, 12, 13, 17, 18, 19, 20}),
    frozenset({0, 1, 4, 8, 16, 17, 19, 21}),
)
#: Fewer syllables than these may be Chinese by accident; of more, one in five may be a rare one.
_FEWEST_SYLLABLES = 12
_RARE_SYLLABLES = 5
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
#: What stands for bytes that mean nothing.
UNREADABLE = "\ufffd"


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A text, and the encoding that it came in; what could not be read is U+FFFD."""

    text: str
    encoding: Encoding


def decode_text(data: bytes) -> DecodedText:
    """Decode a whole text by the encoding that makes the fewest errors.

    :raises NotText: when it is none.
    """
    encoding = detect_encoding(data)
    text = data.decode(encoding.codec, "replace")
    if text.count(UNREADABLE) * 4 > len(text) or _has_many_controls(text):
        raise NotText
    return DecodedText(text.replace("\x00", ""), encoding)


def detect_encoding(data: bytes) -> Encoding:
    """Return the encoding that makes the fewest errors in these bytes."""
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            return encoding
    if b"\x00" in data[:SAMPLE_SIZE] and (wide := _utf_16(data[:SAMPLE_SIZE])):
        return wide
    sample = telling_lines(data)
    errors = {encoding: count(sample) for encoding, count in _COUNTS.items()}
    return min(errors, key=lambda encoding: errors[encoding])


def telling_lines(data: bytes) -> bytes:
    """Return the first lines that are not all ASCII, about `SAMPLE_SIZE` bytes of them: they alone tell one encoding from another."""
    lines: list[bytes] = []
    size = 0
    for line in () if data.isascii() else data.split(b"\n"):
        if not line.isascii():
            lines.append(line[:SAMPLE_SIZE])
            size += len(lines[-1])
        if size >= SAMPLE_SIZE:
            break
    return b"\n".join(lines)


def _has_many_controls(text: str) -> bool:
    return len(_CONTROLS.findall(text)) > max(1, len(text) // 50)


def _utf_16(sample: bytes) -> Encoding | None:
    """Return in which of its two byte orders the sample reads as UTF-16, or None: some ASCII signs, and next to no odd ones."""
    best, most = None, 0
    for encoding in (UTF_16_LE, UTF_16_BE):
        text = sample[: len(sample) & ~1].decode(encoding.codec, "replace")
        odd = sum(unicodedata.category(sign) in {"Cn", "Co", "Cs"} or sign in "\x00\ufffd" for sign in text)
        ascii_signs = sum(sign.isascii() for sign in text)
        if odd * 50 <= len(text) <= ascii_signs * 50 and ascii_signs > most and not _has_a_stray_nul(sample, text):
            best, most = encoding, ascii_signs
    return best


def _has_a_stray_nul(sample: bytes, text: str) -> bool:
    """Return whether a text was not in UTF-16: its line ends are gone, or many of its signs are rare and two ASCII signs each."""
    if not set("\r\n") & set(text) and set(b"\r\n") & set(sample):
        return True
    pairs = [
        sign for sign in text if not sign.isascii() and all(0x20 <= half < 0x7F for half in divmod(ord(sign), 256))
    ]
    return sum(sign not in _common_gb_18030() and sign not in _common_big5() for sign in pairs) * 4 > len(text)


def _utf_8_errors(sample: bytes) -> float:
    """Count what is no UTF-8 as the rare characters of other encodings are counted, which have two bytes each."""
    return sum((len(run) + 1) // 2 for run in _HIGH_RUN.findall(_UTF_8_SIGN.sub(b" ", sample)))


def _gb_18030_errors(sample: bytes) -> float:
    return _rare_signs(sample, GB_18030, _common_gb_18030())


def _big5_errors(sample: bytes) -> float:
    """Count the rare signs, and as half of one each that takes the second of three letters: Ántonia, not 聲tonia."""
    return _rare_signs(sample, BIG5, _common_big5()) + len(_CAPITAL_AND_LETTERS.findall(sample)) / 2


def _windows_1252_errors(sample: bytes) -> float:
    undefined = sample.decode("cp1252", "replace").count(UNREADABLE)
    odd = sum(len(signs.findall(sample)) for signs in (_UTF_8_SIGN, _LETTER_AND_SIGN, _SHIFT_JIS_KANA))
    return undefined + odd + len(_LETTER_PAIR.findall(sample)) / 2


def _shift_jis_errors(sample: bytes) -> float:
    return _rare_signs(sample, SHIFT_JIS, _common_shift_jis())


def _euc_kr_errors(sample: bytes) -> float:
    """Count the rare syllables and what is none, unless these are as few as Korean has; all signs, where they are too few to tell."""
    signs = [sign for sign in sample.decode("euc_kr", "replace") if not sign.isascii()]
    rare = sum(not _is_common_syllable(sign) for sign in signs)
    if len(signs) < _FEWEST_SYLLABLES:
        return len(signs)
    return 0 if rare * _RARE_SYLLABLES <= len(signs) else rare


def _is_common_syllable(sign: str) -> bool:
    place = ord(sign) - 0xAC00
    beginnings, vowels, ends = _KOREAN_PARTS
    return place // 588 in beginnings and place // 28 % 21 in vowels and place % 28 in ends


def _rare_signs(sample: bytes, encoding: Encoding, common: frozenset[str]) -> float:
    return sum(sign not in common for sign in sample.decode(encoding.codec, "replace") if not sign.isascii())


@cache
def _common_gb_18030() -> frozenset[str]:
    """Return the signs and the 3,755 frequent characters of GB 2312; two signs are others in GB 18030, and the euro is new."""
    return _first_rows("gb2312", 0xD7) | frozenset("·—€")


@cache
def _common_big5() -> frozenset[str]:
    """Return the signs and the 5,401 frequent characters of Big5."""
    return _first_rows("big5", 0xC6)


@cache
def _common_shift_jis() -> frozenset[str]:
    """Return the signs, kana and the 2,965 frequent characters of JIS X 0208, without narrow kana and a sign that stands in two rows."""
    return _first_rows("cp932", 0x98) - frozenset(map(chr, (*range(0xFF61, 0xFFA0), 0xFFE2)))


def _first_rows(codec: str, last: int) -> frozenset[str]:
    """Return the characters of two bytes whose first is at most this one, and ASCII, which nobody asks for."""
    pairs = (bytes((lead, trail)) for lead in range(0x81, last + 1) for trail in range(256))
    return frozenset("".join(pair.decode(codec, "ignore") for pair in pairs))


#: How many errors a sample has in each encoding; of equals the earlier wins.
_COUNTS: dict[Encoding, Callable[[bytes], float]] = {
    UTF_8: _utf_8_errors,
    EUC_KR: _euc_kr_errors,
    GB_18030: _gb_18030_errors,
    BIG5: _big5_errors,
    WINDOWS_1252: _windows_1252_errors,
    SHIFT_JIS: _shift_jis_errors,
}
