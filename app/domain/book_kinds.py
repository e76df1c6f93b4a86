"""What kind of book it is, as far as subjects, series, title and publisher tell: for courses, told stories, to be heard."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from app.domain.book import BookFacts

_AUDIO: Final = re.compile(
    r"audio|caedmon|highbridge|books on tape|tantor media|recorded books|listening library|naxos|hoerverlag|hörverlag|fonolibro|soundings"
    r"|sounds true|high roads media|nova audio|brilliance|random house sound|cassette|compact disc|\bcds?\b|有声|录音|磁带|朗读",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def _sounds(text: str) -> bool:
    """Return whether a publisher or a binding is one of audio books."""
    return bool(text) and _AUDIO.search(text) is not None


#: "Pages" that are discs.
_DISCS: Final = 9


def is_audio(facts: BookFacts) -> bool:
    """Return whether it is an audio book: by its publisher, its binding, or because its "pages" are discs."""
    return (
        _sounds(facts.publisher)
        or _sounds(facts.binding)
        or (facts.pages.isdecimal() and 0 < int(facts.pages) <= _DISCS)
    )


_SUBJECTS: Final = "教材 教辅 考试 考研 工具书 英语学习 英语 语言学习 计算机 编程 程序设计 数学 经济学 computers mathematics medical education"
_TEXTBOOK_SUBJECTS: Final = frozenset(_SUBJECTS.split())
_TEXTBOOK_TITLE: Final = re.compile(
    "教程|教材|原理|概论|导论|语法|词汇|单词|考试|习题|题库|编程|程序设计|操作系统|算法|数据结构|数据库|计算机|统计学|微积分|线性代数|高等数学|编译|实战|指南|手册|年鉴"
    r"|\b(?:introduction to|principles of|fundamentals of|handbook|textbook|manual|programming|calculus|algebra|algorithms|statistics)\b",
    re.IGNORECASE,
)
_TEXTBOOK_PUBLISHER: Final = re.compile(
    "高等教育|机械工业|电子工业|人民邮电|清华大学|外语教学|人民卫生|人民教育|外语教育"
    r"|o'?reilly|wiley|pearson|mcgraw|cengage|prentice|addison[ -]wesley|longman publishing|houghton mifflin college|wadsworth|thomson",
    re.IGNORECASE,
)


def is_textbook(facts: BookFacts) -> bool:
    """Return whether a book is one of which readers need a certain edition: for courses, examinations, programs."""
    return (
        not _TEXTBOOK_SUBJECTS.isdisjoint(map(str.lower, facts.subjects))
        or _is_textbook_publisher(facts.publisher)
        or _TEXTBOOK_TITLE.search(facts.title) is not None
    )


def is_novel(facts: BookFacts) -> bool:
    """Return whether the subjects say that it is literature, so that a later edition is the same text."""
    return _NOVEL.search(" ".join(facts.subjects).lower()) is not None


_NOVEL: Final = re.compile(r"\bfiction|poetry|drama|小说|诗|言情|武侠|外国文学|中国文学|名著|推理|童话")


def may_be_told(facts: BookFacts) -> bool:
    """Return whether a book may be a novel, a play or a comic: its subjects say so, or there are none."""
    subjects = " ".join(facts.subjects).lower()
    return not subjects or _TOLD.search(subjects) is not None


def is_drawn(facts: BookFacts) -> bool:
    """Return whether the subjects say that it is a comic, of which a series has many books under one name."""
    return _DRAWN.search(" ".join(facts.subjects).lower()) is not None


_DRAWN: Final = re.compile(r"comic|graphic|manga|漫画")
_TOLD: Final = re.compile(
    r"\bfiction|comics|graphic|stories|novel|小说|漫画|童话|推理|悬疑|言情|武侠|科幻|奇幻|外国文学|中国文学|名著"
)


@lru_cache(maxsize=20_000)
def _is_textbook_publisher(publisher: str) -> bool:
    return _TEXTBOOK_PUBLISHER.search(publisher) is not None
