"""People are right about works: what a moderator may decide about editions, and what members may report."""

from __future__ import annotations

from enum import StrEnum
from hashlib import blake2b

from app.domain.book import BookFacts
from app.domain.errors import NotFound, Refusal
from app.domain.work import WorkKey, work_key


class DecisionKind(StrEnum):
    """What is decided: the works of two editions are one, an edition is a work of its own, belongs to another's work, or is whole, though short."""

    MERGE = "merge"
    PART = "part"
    PUT = "put"
    WHOLE = "whole"


class WorkAct(StrEnum):
    """How an act of a moderator on works is recorded."""

    MERGE = "merge works"
    PART = "part edition"
    PUT = "put edition"
    UNDO = "undo decision"
    KEEP = "keep together"
    WHOLE = "whole edition"


class BookUnknown(NotFound):
    """The catalogue has no book of a number that a moderator names."""

    zh = "没有 ISBN 为 {isbn} 的书。"
    en = "There is no book with the ISBN {isbn}."


class AlreadyOneWork(Refusal):
    """Both editions are of one work already."""

    zh = "这两个版本已经算是同一本书了，什么都没有改变。"
    en = "These two editions count as the same book already; nothing has changed."


class AlreadyAlone(Refusal):
    """The edition that is to be parted from its sisters has none."""

    zh = "这个版本没有其他版本可以分开，什么都没有改变。"
    en = "This edition stands alone already; nothing has changed."


class PrintAndAudio(Refusal):
    """One of the two is printed, the other is to be heard."""

    zh = "一个是纸书，一个是有声书，不能算作同一本书：等纸书的人收到光盘会失望。"
    en = "One is printed and the other an audio book. They cannot be one book: who waits for print would get discs."


class TwoLanguages(Refusal):
    """The two are in different languages: who wishes any edition of a work wants to be able to read it."""

    zh = "这两个版本的语言不同，不能算作同一本书。如果是资料写错了，请先改正语言。"
    en = "These two editions are in different languages, so they cannot be one book. If the record is wrong, correct its language first."


class NotShort(NotFound):
    """An edition that is called whole is not listed as one that may be one volume only."""

    zh = "这个版本现在不在“可能只是其中一册”的清单里。"
    en = "This edition is not listed as perhaps one volume only now."


class DecisionNotFound(NotFound):
    """There is no such decision."""

    zh = "没有这个决定。"
    en = "There is no such decision."


class NotOneWork(Refusal):
    """Two books that a report names are no editions of one work, or not any more."""

    status = 404
    zh = "这两本书现在不算同一本书的版本。"
    en = "These two do not count as editions of one book now."


def key_of_decision(isbn13: str, decision_id: int) -> str:
    """Return the key of the work that a decision makes of one edition: that of no book's facts, nor of another decision."""
    return blake2b(f"decision\x1f{isbn13}\x1f{decision_id}".encode(), digest_size=16).hexdigest()


def ensure_may_be_one(one: BookFacts, other: BookFacts) -> None:
    """Check that two books may be editions of one work.

    :raises PrintAndAudio: :raises TwoLanguages: where both languages are known.
    """
    keys: tuple[WorkKey, WorkKey] = (work_key(one), work_key(other))
    if keys[0].format != keys[1].format:
        raise PrintAndAudio
    if keys[0].language and keys[1].language and keys[0].language != keys[1].language:
        raise TwoLanguages


def pair_of(isbn13: str, other: str) -> tuple[str, str]:
    """Return the two numbers of a report as they are stored: the smaller first."""
    return (isbn13, other) if isbn13 < other else (other, isbn13)
