"""Nicknames: which there can be, which two are taken for each other, and which are kept for the site."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from app.domain.characters import BLANK, skeleton, unenclosed
from app.domain.errors import Refusal

NICKNAME_WIDTHS = (2, 20)
MAX_KEY_LENGTH = 80
#: UTS 39 5.4 allows four; with more a name grows over the lines above it.
MOST_MARKS = 3
#: A nickname stands in addresses of pages, so it holds none of these.
_NOT_IN_NICKNAMES = frozenset("/\\")
#: Turns the sign before it into a picture; drawn by itself it is nothing.
_EMOJI_STYLE = "\ufe0f"
#: How the key of a nickname begins that nobody holds yet; no key of a nickname has a space in it.
_UNCLAIMED = " signed up "


class NicknameTaken(Refusal):
    """Somebody has this nickname, or one that looks like it."""

    zh = "“{nickname}”已经有人用了，或和别人的昵称看起来一样，换一个吧。"
    en = "“{nickname}” is taken, or looks like a nickname that is; please choose another."


class NicknameReserved(Refusal):
    """The nickname speaks for the site."""

    zh = "“{nickname}”会让人以为是鱼书的工作人员，换一个吧。"
    en = "“{nickname}” sounds as if you spoke for YuShu; please choose another nickname."


def normal_nickname(text: str) -> str:
    """Return a nickname as it is kept: composed (NFC), one plain space between words, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def nickname_width(text: str) -> int:
    """Return how wide a nickname is: a Han character counts two, as do the other wide ones."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def nickname_key(text: str) -> str:
    """Return the form of a nickname that must be unique."""
    return skeleton(text)


def unclaimed_key(tag: str) -> str:
    """Return the key of an account whose nickname is not its own before the address is confirmed.

    :param tag: different for each account.
    """
    return _UNCLAIMED + tag


def is_unclaimed(key: str) -> bool:
    """Whether the account of this key holds no nickname yet: its address was never confirmed."""
    return key.startswith(_UNCLAIMED)


def is_nickname_width(text: str) -> bool:
    """Whether a text is as wide as a nickname may be."""
    return NICKNAME_WIDTHS[0] <= nickname_width(text) <= NICKNAME_WIDTHS[1]


def is_nickname(text: str) -> bool:
    """Whether a text can be a nickname: each of its signs visible, at least one of them no punctuation, none in the way of another.

    Control and format characters would let one name pass for another, or break a line of a letter or a log.
    """
    kinds = [unicodedata.category(sign) for sign in text]
    return (
        text == normal_nickname(text)
        and is_nickname_width(text)
        and not any(kind[0] == "C" for kind in kinds)
        and not (_NOT_IN_NICKNAMES | BLANK) & set(_without_emoji_style(text))
        and any(kind[0] in "LNS" for kind in kinds)
        and _has_few_marks(text)
        and len(nickname_key(text)) <= MAX_KEY_LENGTH
    )


def _without_emoji_style(text: str) -> str:
    pairs = zip(" " + text, text, strict=False)
    return "".join(sign for before, sign in pairs if sign != _EMOJI_STYLE or unicodedata.category(before) != "So")


def _has_few_marks(text: str) -> bool:
    marks = "".join(
        "m" if unicodedata.category(sign) in {"Mn", "Me"} else "." for sign in unicodedata.normalize("NFD", text)
    )
    return not marks.startswith("m") and "m" * (MOST_MARKS + 1) not in marks


def pseudonym_of(member_id: int) -> str:
    """Return the name under which a member who left stands in other people's history."""
    return f"已注销的书友 {member_id}"


def looks_like_pseudonym(text: str) -> bool:
    """Whether a nickname passes for that of somebody who left."""
    return nickname_key("已注销") in _han(text)


def is_reserved(text: str) -> bool:
    """Whether a nickname speaks for the site, however it is written: spaced, dotted, enclosed, in leet or foreign letters.

    Han characters that a glance takes for each other (己 and 已, 入 and 人, 糸 and 系) are folded here alone. As keys they stay apart,
    because both stand in real names: 未来 and 末来, 日 and 曰, 土 and 士 are other words, and refusing one for the other would
    hit the innocent, while nobody is taken for the site by it.
    """
    han, plain = _han(text), unicodedata.normalize("NFKC", unenclosed(text))
    return (
        any(word in han for word in _HAN_WORDS)
        or han in _HAN_NAMES
        or looks_like_pseudonym(text)
        or any(not _LATIN_NAMES.isdisjoint(_latin_words(part)) for part in re.split(r"[\W_]+", plain))
        or not (_LATIN_NAMES | _SITE_NAMES).isdisjoint(_latin_words(plain))
    )


def _han(text: str) -> str:
    """Return the letters of a text's key that are not Latin, in simplified characters."""
    return "".join(sign for sign in nickname_key(text.translate(_SIMPLER)) if sign.isalpha() and not sign.isascii())


def _latin_words(text: str) -> Iterator[str]:
    """Yield the words that Latin letters may stand for, with digits at the ends read as letters or left out."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if unicodedata.category(sign) != "Mn")
    for word in (bare, _ENDS.sub("", bare)):
        letters = nickname_key(word.translate(_LEET)).translate(_LEET)
        yield from (_undoubled(run) for run in re.findall("[a-z]+", re.sub(r"[\W_]+", "", letters)))


def _undoubled(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


#: Traditional characters as simplified ones, and those that a glance takes for one of a reserved word.
_SIMPLER = str.maketrans("員魚書統長註銷組務運營己巳菅宫宮糸入埋", "员鱼书统长注销组务运营已已管官官系人理")
_LEET = str.maketrans(
    {"@": "a", "4": "a", "3": "e", "$": "s", "5": "s", "7": "t", "+": "t", "8": "b", "!": "l", "|": "l"}
)
_ENDS = re.compile(r"^[\d\W_]+|[\d\W_]+$")
#: Reserved also as part of a longer name, and reserved alone.
_HAN_WORDS = frozenset(
    nickname_key(word)
    for word in ("管理员", "管理组", "版主", "站长", "官方", "客服", "鱼书", "工作人员", "系统消息", "系统通知")
)
_HAN_NAMES = frozenset(nickname_key(word) for word in ("系统", "站务", "运营", "管理"))
_LATIN_NAMES = frozenset(
    _undoubled(nickname_key(word))
    for word in (
        *("admin", "admins", "administrator", "administrators", "sysadmin", "root", "system", "superuser", "official"),
        *(
            "moderator",
            "moderators",
            "mod",
            "mods",
            "staff",
            "support",
            "helpdesk",
            "webmaster",
            "postmaster",
            "hostmaster",
        ),
        *("abuse", "noreply", "guanliyuan", "guanfang", "kefu", "banzhu", "zhanzhang", "xitong"),
    )
)
#: Reserved as the whole name only: Yushu is also what people are called.
_SITE_NAMES = frozenset({_undoubled(nickname_key("yushu"))})
