"""The title by which editions of one work are known: without what only describes the edition, and with its volume apart.

A title is cut at a colon, a dash or a bracket only where nothing but a remark follows: of the edition (精装, Penguin Classics, 20周年纪念版),
of the kind of book (A Novel, Stories), or of the place in a series. Else the whole title counts: 易中天中华史：祖先 and 易中天中华史：国家 are
two books, and an abridged or retold book, a kit or a screenplay is none of the editions of the book that it is made from.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from app.domain.book import BookFacts
from app.domain.book_kinds import is_drawn, is_novel, is_textbook, may_be_told
from app.domain.edition_remarks import is_lot, is_numbered, is_other_text, is_remark, revision, without_last_remark
from app.domain.text import fold, has_han, without_article
from app.domain.volumes import BRACKET, HEAD, LIST, TAIL, Cut, TitlePart, parts_of, without_volumes, written

#: Signs that have to be read where they stand in a title; most titles have none and are their own key.
_TELLING_LATIN: Final = re.compile(r"[^a-z\s',.!?&-]|\s-")
_TELLING: Final = re.compile(
    "[^\\w ’'!?·&,.…-]|\\d|[\u3400-\u9fff]?[ ·]?(?:[上中下][册冊卷部集篇编編]?\\Z|[全共第卷之首][一二三四五六七八九十两部]|[版本装藏]\\Z)"
    "|[ ·?-](?=[^ ·]*[版本装藏册冊部卷季上中下]\\Z)| [一二三四五六七八九十壹贰貳叁參肆伍陆陸柒捌玖拾]{1,2}\\Z|[\u3400-\u9fff] ?[ivx]+(?![a-z])| -|[ivx]-|·[^·]*\\d|(?<![a-z])(?:vol|book|part|edition|or\\b)"
)
#: A sign of those, found quickly.
_MAY_TELL: Final = re.compile(r"[^\w ’'!?·&,.…-]|[\da-z -]|[全共第卷之首上中下册冊部集篇编編版本装藏季]")
_WORDS_THAT_TELL: Final = (
    "or ii iii iv v vi vii viii ix x vol volume vols volumes book books part parts pt edition ed unabridged abridged"
)
_TELLING_WORDS: Final = frozenset(_WORDS_THAT_TELL.split())
_OR: Final = re.compile(r"or\b[\s,:]*")
_OR_THE: Final = re.compile(r"[,;]?\s+or,?\s+the\b|[,;]\s+or,?\s+an?\b|[,;]\s+or,\s")
_IN_SERIES: Final = re.compile(
    r"(?:being )?(?:the )?(?:first|second|third|fourth|fifth|sixth|seventh|last|final|(?:book|volume|part|vol) (?:\w+)) "
    r"(?:(?:part|book|volume|novel|tale|story|chronicle|instal\w+) )?(?:of|in) .+"
    r"|(?:the )?(?:collected |complete )?(?:writings|works|novels|papers) of .+ vol(?:ume)? \w+"
)
#: The place of a book in its series, in brackets; behind these words stands the book's own name.
_PLACE: Final = re.compile(r"(?:book|bk|no|number) (?:\d{1,2}|[a-z]{1,5})")
_OWN_NAME: Final = " and the "
_SERIES_NAME: Final = re.compile(
    r".*\b(?:trilogy|saga|cycle|chronicles|novels|mystery|mysteries|series|quartet|quintet|sequence|library|classics)|.*\w.* (?:book |vol(?:ume)? |no )?\d{1,3}"
)
_UMBRELLA: Final = re.compile("(?:全集|文集|作品集|系列|续集|前传)$")
_GENRE: Final = re.compile("^[长中短]篇小说(?=..)")
_NAMES_A_PART: Final = re.compile("[篇卷部册集]$|^.$")
_YEAR: Final = re.compile(r"\b1[5-9]\d\d\b|\b20\d\d\b|to the present")
_NEW_PREFACE: Final = re.compile(r",? with (?:a|an) (?:new )?(?:preface|introduction|foreword|afterword)\b.*")
_ENDS: Final = " ,.·-~/、"


class WorkTitle(NamedTuple):
    """A title without remarks, folded, and its volume: "2", "2.1" for the first part of the second, "1-3", or ""."""

    text: str
    volume: str


def work_title(facts: BookFacts) -> WorkTitle:
    """Return what title and subtitle say of the work.

    Of a textbook remarks of a revision count, and of any book but a novel the number of its edition: it is another work.
    """
    plain = written(facts.title)
    if _has_to_be_read(facts, plain):
        return read_title(facts, plain)
    return WorkTitle(_key(facts.title) or plain.strip(), "")


def read_title(facts: BookFacts, plain: str) -> WorkTitle:
    """Return what `work_title` does, part by part; `plain` is the title as `written` returns it."""
    if " or" in plain and (found := _OR_THE.search(plain)):
        plain = plain[: found.start()] or plain
    if " with a" in plain:
        plain = _NEW_PREFACE.sub("", plain)
    parts = parts_of(_without_series(plain, facts.series) if facts.series else plain)
    if facts.subtitle:
        head, *rest = parts_of(written(facts.subtitle)) or [TitlePart("", TAIL)]
        parts += [TitlePart(head.text, TAIL), *rest]
    return _Reading(facts).read(_without_author(parts, facts.authors[0] if facts.authors else ""))


def _has_to_be_read(facts: BookFacts, plain: str) -> bool:
    """Return whether a title may say something of edition, volume, series or author; most do not, and are quickly told."""
    if facts.subtitle or _is_telling(plain) or (facts.series and "·" in plain):
        return True
    if not plain.isascii():
        return False
    return " with a" in plain or (
        " of " in plain and bool(facts.authors) and facts.authors[0].rpartition(" ")[2].lower() in plain
    )


def _without_series(plain: str, series: str) -> str:
    """Take the name of a Chinese series off the front: 暮光之城·新月 in the series 暮光之城."""
    found = _SERIES_FRONT.match(plain)
    return plain[found.end() :] if found and fold(found["name"]) == fold(_BRACKETED.sub("", series)) else plain


_SERIES_FRONT: Final = re.compile(r"(?P<name>[\u3400-\u9fff]{3,12})\s*[·:]\s*(?=[\u3400-\u9fff])(?!第|卷)")
_BRACKETED: Final = re.compile(r"[(（].*")


def _without_author(parts: list[TitlePart], author: str) -> list[TitlePart]:
    """Take the author's name off the main part: Confessions of Saint Augustine, Aristophanes I: Clouds; and King off Henry IV.

    It stays where it comes first (Shakespeare's Hamlet): so are notes on a book called.
    """
    if not parts or not author.isascii():
        return parts
    text = parts[0].text
    if text.startswith("king ") and _KING.match(text):
        text = text.removeprefix("king ")
    if " of " not in text and len(parts) == 1:
        return parts if text == parts[0].text else [TitlePart(text, HEAD)]
    names = author.casefold().removesuffix(" of hippo").split()
    for name in dict.fromkeys([" ".join(names), names[-1] if names else ""]):
        if name and text.endswith((f" of {name}", f" of saint {name}", f" of st. {name}")):
            rest = text[: text.rindex(" of ")]
            text = text if _SELECTION.search(rest) else rest
    if len(parts) > 1 and names and _NUMBERED.sub("", text) in {" ".join(names), names[-1]}:
        return [TitlePart(parts[1].text, HEAD), *parts[2:]]
    return [TitlePart(text, HEAD), *parts[1:]] if text != parts[0].text else parts


_NUMBERED: Final = re.compile(r" (?:[ivx]+|\d{1,2})\Z")
#: Behind these the author's name is the title: The Poems of John Keats.
_SELECTION: Final = re.compile(
    r"\b(?:poems|poetry|stories|tales|letters|works|essays|novels|journals|writings|diary|diaries|life)\Z"
)
_KING: Final = re.compile(r"king \w+ [ivx]+\b")


def _is_telling(plain: str) -> bool:
    """Return whether a title (as `written` returns it) may say something of edition or volume."""
    if plain.isascii():
        return _TELLING_LATIN.search(plain) is not None or not _TELLING_WORDS.isdisjoint(
            plain.replace(",", " ").split()
        )
    return _MAY_TELL.search(plain) is not None and (
        _TELLING.search(plain) is not None or not _TELLING_WORDS.isdisjoint(plain.split())
    )


class _Reading:
    """The parts of one title, one after the other."""

    def __init__(self, facts: BookFacts) -> None:
        self._facts = facts
        self._kept: list[str] = []
        self._volumes: list[str] = []
        self._is_named = self._is_list = False
        self._last: TitlePart | None = None

    def read(self, parts: list[TitlePart]) -> WorkTitle:
        self._is_list = any(part.place == LIST or "/" in part.text for part in parts)
        self._last = parts[-1] if parts else None
        for part in parts:
            if self._kept:
                self._add_tail(part)
            else:
                self._add_head(part)
        if text := _joined(" ".join(self._kept)):
            return WorkTitle(text, ".".join(self._volumes))
        return WorkTitle(_key(self._facts.title) or written(self._facts.title).strip(), "")

    def _add_head(self, part: TitlePart) -> None:
        text, remark = without_last_remark(part.text)
        cut = without_volumes(TitlePart(text, HEAD))
        self._is_named = cut.is_named
        head = fold(cut.text)
        if cut.name and _UMBRELLA.search(head) is not None:
            cut, head = Cut(cut.name), fold(cut.name)
            self._is_named = False
        if head:
            self._volumes += cut.volumes
        if head := head or fold(text):
            self._kept.append(head)
        if remark:
            self._keep_revision(fold(remark))

    def _add_tail(self, part: TitlePart) -> None:
        folded = fold(part.text)
        is_latin = folded.isascii()
        if is_latin and ((part.place == TAIL and _OR.match(folded)) or self._is_series(part, folded)):
            return
        cut = without_volumes(part)
        text = folded if cut.text == part.text else fold(cut.text)
        self._volumes += cut.volumes
        if not text:
            pass
        elif is_remark(text):
            self._keep_revision(text)
        elif self._is_named:
            if not is_latin and self._has_books_with_names(text):
                self._take_name(text)
        elif self._is_list or part.place == LIST or not self._describes(part, text):
            self._kept.append(text)
        self._is_named = self._is_named or cut.is_named

    def _has_books_with_names(self, name: str) -> bool:
        """Return whether the main part is the name of a series, or this book of it a novel in several volumes."""
        return (
            _UMBRELLA.search(self._kept[0]) is not None
            or (bool(self._facts.series) and fold(self._facts.series).startswith(self._kept[0]))
            or (len(name) > _SHORTER_HAN and self._last is not None and without_volumes(self._last).holds_all)
        )

    def _take_name(self, name: str) -> None:
        """Take the name of a numbered part for its title: 银河帝国2：基地与帝国 is 基地与帝国."""
        if not _NAMES_A_PART.search(name):
            self._kept[0] = _GENRE.sub("", name)
            self._volumes.clear()
            self._is_named = False

    def _describes(self, part: TitlePart, text: str) -> bool:
        if part.place == BRACKET and text.isascii():
            return _YEAR.search(text) is None and not is_other_text(text)
        return _describes(text, self._kept[0], self._facts.series) and not (
            _is_thin(self._facts) or self._may_name(part, text)
        )

    def _may_name(self, part: TitlePart, text: str) -> bool:
        """Return whether a subtitle of a novel, or what may be one, may name a book of a series."""
        return (
            (text.startswith("the ") or " " not in without_article(self._kept[0]))
            and _DESCRIBES.match(text) is None
            and may_be_told(self._facts)
            and (text.count(" ") < _LONGEST_NAME or is_drawn(self._facts) or _LISTED.search(part.text) is not None)
        )

    def _is_series(self, part: TitlePart, folded: str) -> bool:
        if part.place == TAIL:
            return _IN_SERIES.fullmatch(folded) is not None
        if part.place != BRACKET:
            return False
        if _PLACE.fullmatch(folded) is not None:
            return _OWN_NAME in self._kept[0]
        if is_other_text(folded) or not _SERIES_NAME.fullmatch(folded):
            return False
        name = fold(without_volumes(part).text)
        return name not in {"", self._kept[0]}

    def _keep_revision(self, remark: str) -> None:
        if (
            _PRECIOUS.search(remark) is not None
            and self._facts.pages.isdecimal()
            and int(self._facts.pages) > _ONE_BOOK
        ):
            self._kept.append(remark)  # it may hold all books of a series
        said = revision(remark)
        if said and (not is_novel(self._facts) if is_numbered(said) else is_textbook(self._facts)):
            self._kept.append(said)


_PRECIOUS: Final = re.compile("豪华|珍藏|典藏|礼盒|礼品")
#: Pages of the longest novels; those of an edition for collectors with more may be of several.
_ONE_BOOK: Final = 1_500


def _key(text: str) -> str:
    """Fold a title for comparing; spaces and an article in front do not count."""
    return _joined(fold(text))


def _joined(folded: str) -> str:
    """Return a folded title without spaces and article; of a Chinese one without the little words that translators differ in."""
    if folded.isascii():
        return without_article(folded).replace(" ", "")
    joined = folded.replace(" ", "")
    if len(joined) > _LONG_TITLE and (bare := joined.translate(_LITTLE_WORDS)):
        return bare
    return joined.replace("和", "与")


_LONG_TITLE: Final = 5
_LITTLE_WORDS: Final = {ord(sign): None for sign in "的之和与"}


def _describes(folded: str, head: str, series: str) -> bool:
    """Return whether what follows a colon describes the book that the main part names: "A Visionary Journey from …".

    Short subtitles name books, so only those count that say what kind of book it is, and longer ones, where they list no
    books and mark no period. Both texts are folded.
    """
    if not folded.isascii():
        return (
            has_han(folded)
            and len(folded) >= _LONG_HAN <= len(head) + _SHORTER_HAN
            and _NAMES_A_SERIES.search(head) is None
            and not (series and fold(series).startswith(head))
        )
    main = without_article(head)
    if is_lot(main):
        return _COMPLETE.match(folded) is not None and not _is_of_another(folded)
    words = folded.count(" ") + 1
    is_long = words >= (_LONG if " " in main else _LONG_BEHIND_ONE) and not folded.startswith("and ")
    is_retold = _RETOLD.match(folded) is not None
    if not (is_long or is_retold or _IS_A_KIND.match(folded) or (" " in main and _DESCRIBES.match(folded))):
        return False
    return (is_retold or not _is_of_another(folded)) and not (series and _is_named_in(main, series))


def _is_of_another(folded: str) -> bool:
    """Return whether a subtitle says that this is another text, or one of a period."""
    return (
        is_other_text(_GUIDE_TO.sub(" ", folded) if "guide to" in folded else folded)
        or _YEAR.search(folded) is not None
    )


def _is_named_in(main: str, series: str) -> bool:
    """Return whether a series has most words of a main part in its name: what follows tells its books apart."""
    words, others = main.split(), set(fold(series).split())
    return 2 * sum(word in others for word in words) > len(words)


def _is_thin(facts: BookFacts) -> bool:
    """Return whether a book has so few pages that it is for children: with a subtitle it is none of the editions for others."""
    return facts.pages.isdecimal() and int(facts.pages) <= _THIN


#: Pages of a picture book.
_THIN: Final = 48
#: Words of the longest name of a book in a series: The Voyage of the Dawn Treader.
_LONGEST_NAME: Final = 6
#: The next book of a list: The Prince and the Pauper, A Connecticut Yankee.
_LISTED: Final = re.compile(r", (?:and )?(?:the|an?) ")
_LONG: Final = 4
_LONG_BEHIND_ONE: Final = 6
_LONG_HAN: Final = 7
_SHORTER_HAN: Final = 3
_NAMES_A_SERIES: Final = re.compile("[说史集志]$|系列$|丛书$|故事$|笔记$")
_GUIDE_TO: Final = re.compile(
    r"(?<!pocket )(?<!study )(?<!essential )(?<!official )(?<!ultimate )(?<!visual )(?<!complete )(?<!readers )(?<!leaders )(?<!teachers )\bguide to\b"
)
_COMPLETE: Final = re.compile(r"(?:two|three|four|five|six|seven) complete (?:novels|books)\b")
_KINDS: Final = "novel|romance|memoir|story|history|biography|autobiography|tale|fable|adventure|chronicle"
_DESCRIBES: Final = re.compile(
    r"(?:an?|how|my|in|from|featuring|one (?:man|woman|family)s) |memories of |(?:the )?(?:\w+ ){0,3}(?:story|autobiography|biography|memoirs|confessions|life|life and times|lives|letters) of "
    r"|(?:the )?(?:\w+ ){0,3}(?:story|stories) behind "
)
#: By its own author, or of a year: the words tell nothing of another text or volume.
_RETOLD: Final = re.compile(r"a (?:retelling of (?:the )?\w+ \w+|(?:chronicle|tale|story) of \d{4}\Z)")
_IS_A_KIND: Final = re.compile(rf"an? (?:\w+ ){{0,2}}(?:{_KINDS})\b")
