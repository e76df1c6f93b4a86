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


_COURSES: Final = (
    "教程 教材 教科书 导论 概论 习题 习题集 题解 题库 词汇 单词 语法 程序设计 数据结构 操作系统 计算机网络 编译原理 组成原理 "
    "学原理 学基础 学概要 学导读 微积分 线性代数 高等数学 概率论与数理统计"
)
_COURSE_ENDINGS: Final = tuple(_COURSES.split())
_COURSE_SUBJECTS: Final = frozenset(
    ["教材", "教辅", "考试", "考研", "计算机", "编程", "程序设计", "computers", "Computers"]
)
_DISCIPLINES: Final = frozenset(
    [
        "economics",
        "macroeconomics",
        "microeconomics",
        "econometrics",
        "psychology",
        "sociology",
        "anthropology",
        "philosophy",
        "biology",
        "chemistry",
        "physics",
        "mathematics",
        "statistics",
        "calculus",
        "algebra",
        "geometry",
        "accounting",
        "finance",
        "marketing",
        "management",
        "anatomy",
        "physiology",
        "linguistics",
        "ecology",
        "genetics",
        "geology",
        "astronomy",
        "thermodynamics",
        "mechanics",
        "programming",
        "algorithms",
    ]
)
#: In a longer title these make no course of a discipline: The Story of Philosophy.
_NO_COURSE: Final = frozenset(("of", "and", "to", "on", "for", "with", "the", "my"))
_LONGEST_COURSE: Final = 3


def is_course(facts: BookFacts) -> bool:
    """Return whether a book is for a course, so that one of another year is another edition, whether it says so or not.

    Fewer books than of `is_textbook`: those that a course is named by, or that only publishers of them make.
    """
    title = facts.title
    is_one = (
        not _COURSE_SUBJECTS.isdisjoint(facts.subjects)
        or _is_course_publisher(facts.publisher)
        or (_is_named_as_course(title) if title.isascii() else title.endswith(_COURSE_ENDINGS))
        or (title[-1:] == "学" and _is_textbook_publisher(facts.publisher))
    )
    return is_one and not is_novel(facts)


def _is_named_as_course(title: str) -> bool:
    """Return whether an English title is that of a discipline: Social Psychology, Basic Economics: …"""
    head = title.partition(":")[0] if ":" in title else title
    if head.rpartition(" ")[2].lower() not in _DISCIPLINES:
        return "Data Structures" in title
    words = head.lower().split()
    return 1 < len(words) <= _LONGEST_COURSE and _NO_COURSE.isdisjoint(words) and not words[0].endswith("'s")


_COURSE_PUBLISHER: Final = re.compile(
    r"allyn (?:&|and) bacon|course technology|wadsworth|cengage|thomson (?:learning|brooks)|brooks[ /-]cole|benjamin[ -]cummings|houghton mifflin college"
    r"|mcgraw.*(?:higher|college|education)|prentice hall (?:college|ptr|professional|school)|jones (?:&|and) bartlett|o'?reilly|addison[ -]wesley|sams\b|apress|wrox|sybex"
    r"|高等教育|人民卫生|人民教育"
)


@lru_cache(maxsize=20_000)
def _is_course_publisher(publisher: str) -> bool:
    return _COURSE_PUBLISHER.search(publisher.lower()) is not None


_COMICS_PUBLISHER: Final = re.compile(
    r"\bcomics?\b|\bcomics(?:lit|one)|\bmanga\b|\bvertigo\b|\bmarvel\b|\bviz\b|tokyo ?pop|\bidw\b|dark horse|devil's due|dynamite entertainment|dabel brothers|oni press|fantagraphics"
    r"|drawn (?:&|and) quarterly|top shelf|top cow|archaia|wildstorm|papercutz|yen press|boom! studios|udon|avatar press|abstract studio|\Atitan\b"
    r"|graphix|graphic universe|campfire|漫画|连环画|連環畫"
)


def is_comics_publisher(publisher: str) -> bool:
    """Return whether a publisher makes comics: what it publishes under a novel's title is drawn."""
    return _COMICS_PUBLISHER.search(publisher.lower()) is not None


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
