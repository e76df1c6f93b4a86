"""A book as bare facts: the code of its language, its reference by GB/T 7714, and what the sources outside say of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain.characters import isolated
from app.domain.errors import Refusal

#: The source of a book that a member wrote down.
BY_MEMBER = "member"


@dataclass(frozen=True, slots=True)
class BookFacts:
    """What is known of one edition.

    `isbn13` has 13 digits, no hyphens. `pubdate` is "2008", "2008-01" or "2008-01-15"; `pages` and `price` ("CNY 23.00")
    are as printed. `language` is a BCP 47 tag. `popularity` is 0-9, the decile within its language. Unknown is "" or ().
    """

    isbn13: str
    title: str
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    translators: tuple[str, ...] = ()
    publisher: str = ""
    pubdate: str = ""
    pages: str = ""
    binding: str = ""
    price: str = ""
    language: str = ""
    original_title: str = ""
    series: str = ""
    subjects: tuple[str, ...] = ()
    summary: str = ""
    cover: str = ""
    source: str = ""
    popularity: int = 0


#: MARC 21 (three letters, bibliographic) → BCP 47, for languages that have two letters.
#: Source: https://www.loc.gov/marc/languages/ and ISO 639-1.
_MARC_WORDS = """
afr=af alb=sq amh=am ara=ar arm=hy asm=as aze=az bak=ba baq=eu bel=be ben=bn bos=bs bre=br bul=bg bur=my cat=ca chi=zh
cos=co cym=cy wel=cy cze=cs dan=da dut=nl eng=en epo=eo est=et fao=fo fin=fi fre=fr fry=fy gae=gd gla=gd geo=ka ger=de
gle=ga iri=ga glg=gl gre=el grn=gn guj=gu hat=ht hau=ha heb=he hin=hi hrv=hr scr=hr hun=hu ibo=ig ice=is ind=id ita=it
jav=jv jpn=ja kan=kn kas=ks kaz=kk khm=km kin=rw kir=ky kor=ko kur=ku lao=lo lat=la lav=lv lin=ln lit=lt ltz=lb mac=mk
mal=ml mao=mi mar=mr may=ms mlg=mg mla=mg mlt=mt mon=mn nep=ne nor=no nob=nb nno=nn oci=oc ori=or oss=os pan=pa per=fa
pol=pl por=pt pus=ps que=qu roh=rm rum=ro rus=ru san=sa sin=si slo=sk slv=sl sna=sn snd=sd som=so spa=es srp=sr scc=sr
sun=su swa=sw swe=sv tah=ty tam=ta tat=tt tel=te tgk=tg tgl=tl tha=th tib=bo tir=ti ton=to tuk=tk tur=tr uig=ug ukr=uk
urd=ur uzb=uz vie=vi wol=wo xho=xh yid=yi yor=yo zul=zu
"""
_MARC = dict(pair.split("=") for pair in _MARC_WORDS.split())
_NO_LANGUAGE = {"und", "mul", "zxx", "mis"}


def language_alone(tag: str) -> str:
    """Return a BCP 47 tag without script and country, as books are listed by it: zh-Hant → zh; "" stays."""
    return tag.partition("-")[0].lower()[:8]


def language_of_marc(code: str) -> str:
    """Return the BCP 47 code of a MARC language code: chi → zh; one without two letters stays (grc); none is ""."""
    return "" if code in _NO_LANGUAGE else _MARC.get(code, code)


_NAMED = 3
_YEAR = re.compile(r"\d{4}")
#: Years in which printed books came out; a date may have other figures around its year.
_PRINTED = re.compile(r"(?<![0-9])(?:1[4-9]|20)[0-9]{2}(?![0-9])")


def decade_of(pubdate: str) -> int | None:
    """Return the first year of the decade in which a book came out (1990), or None where its date names no year from 1400 on."""
    year = year_of(pubdate)
    return year // 10 * 10 if year else None


def year_of(pubdate: str) -> int | None:
    """Return the year in which a book came out, or None where its date names no year from 1400 on."""
    year = _PRINTED.search(pubdate)
    return int(year.group()) if year else None


def cite(facts: BookFacts) -> str:
    """Return the reference of a book: ``刘慈欣. 三体[M]. 重庆出版社, 2008.``

    More than three people are three and 等 (et al. for books that are not Chinese); what is unknown is left out. A sign in
    one part that turns the direction of writing turns no other.
    """
    chinese = facts.language.startswith(("zh", "ja"))
    title = ": ".join(isolated(part) for part in (facts.title, facts.subtitle) if part)
    year = _YEAR.search(facts.pubdate)
    translators = (
        f"{_people(facts.translators, chinese=chinese)}, {'译' if chinese else 'trans'}" if facts.translators else ""
    )
    parts = (
        _people(facts.authors, chinese=chinese),
        f"{title}[M]",
        translators,
        ", ".join(filter(None, (isolated(facts.publisher), year.group() if year else ""))),
    )
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def _people(names: tuple[str, ...], *, chinese: bool) -> str:
    more = ("等" if chinese else "et al") if len(names) > _NAMED else ""
    return ", ".join(filter(None, (*map(isolated, names[:_NAMED]), more)))


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the sources say. Without facts, `is_certain` means that every source was asked and knows nothing."""

    facts: BookFacts | None
    is_certain: bool


@dataclass(frozen=True, slots=True)
class FoundByWords:
    """What one source finds for words; nothing, too, when it `has_answered`, and always when it has not."""

    books: tuple[BookFacts, ...]
    has_answered: bool


class NoSources(Refusal):
    """There is nobody to ask."""

    zh = "没有启用任何书源：请设置 YUSHU_SOURCES，例如 open_library"
    en = "no source is enabled: set YUSHU_SOURCES, for instance to open_library"


class SourcesSilent(Refusal):
    """Every source has failed; what was found before is kept."""

    status = 503
    zh = "所有书源都没有回答，请过一会儿再来：{detail}"
    en = "no source answers any more; run this again later: {detail}"
