"""Sessions as rows: when they are noted, ended and forgotten, and whose."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.container import Container
from app.domain.account import WrongCredentials
from app.libs.clock import FrozenClock, epoch
from app.models.message import OutboxMail
from app.models.user import UserSession
from tests.support.apps import NOON
from tests.support.members import MadeMember, make_member, open_session, quick_passwords
from tests.support.rows import list_rows

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15"


@pytest.fixture
def box(app: Flask, clock: FrozenClock) -> Iterator[Container]:
    quick_passwords(app)
    with app.app_context():
        yield app.extensions["container"]


@pytest.fixture
def members(app: Flask, box: Container) -> list[MadeMember]:
    """Return two members, each with two sessions."""
    two = [make_member(app, name) for name in ("小满", "老周")]
    for member in [*two, *two]:
        open_session(box, member.id)
    return two


def rows(member: MadeMember, what: str = "id") -> list[int]:
    """List something of a member's sessions that have not ended."""
    return [getattr(row, what) for row in list_rows(UserSession, user_id=member.id, status=1)]


def test_a_token_is_256_random_bits_and_the_row_holds_another_text(box: Container, members: list[MadeMember]) -> None:
    token = open_session(box, members[0].id)
    assert len(token) == 43, "of 64 letters each"
    assert token not in rows(members[0], "token_hash")


def test_no_session_begins_with_a_password_that_is_no_longer_theirs(box: Container, members: list[MadeMember]) -> None:
    before = rows(members[0])
    with pytest.raises(WrongCredentials):
        box.members.sessions.open(members[0].id, mark="of another password", agent=FIREFOX)
    assert rows(members[0]) == before


def test_that_a_member_is_here_is_noted_once_an_hour(
    box: Container, members: list[MadeMember], clock: FrozenClock
) -> None:
    first, _ = rows(members[0])
    for seconds, noted in ((3599, 0), (1, 3600)):
        clock.advance(timedelta(seconds=seconds))
        box.members.sessions.touch(first)
        assert rows(members[0], "seen_time") == [epoch(NOON) + noted, epoch(NOON)]


def test_noting_that_a_member_is_here_waits_for_nobody_and_is_tried_again(
    box: Container, members: list[MadeMember], clock: FrozenClock, data_dir: Path
) -> None:
    first, _ = rows(members[0])
    clock.advance(timedelta(hours=1))
    with closing(sqlite3.connect(data_dir / "yushu.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        box.members.sessions.touch(first)
        assert time.monotonic() - began < 0.9
        assert rows(members[0], "seen_time") == [epoch(NOON)] * 2
        other.execute("ROLLBACK")
    box.members.sessions.touch(first)
    assert rows(members[0], "seen_time") == [epoch(NOON) + 3600, epoch(NOON)]


def test_who_ends_all_other_sessions_ends_only_their_own(box: Container, members: list[MadeMember]) -> None:
    mine, others = rows(members[0]), rows(members[1])
    assert box.members.sessions.end_others(members[0].id, but=mine[0]) == 1
    assert box.members.sessions.end_others(members[0].id, but=mine[0]) == 0
    assert (rows(members[0]), rows(members[1])) == (mine[:1], others)
    assert box.members.sessions.end_others(members[0].id) == 1
    assert (rows(members[0]), rows(members[1])) == ([], others)


def test_no_browser_is_known_to_be_theirs_when_a_member_has_ended_the_others(
    box: Container, members: list[MadeMember]
) -> None:
    def generations() -> list[int]:
        known = [box.members.credentials.find(member.id) for member in members]
        return [one.browser_generation for one in known if one is not None]

    mine, theirs = generations()
    for _ in range(3):
        box.members.sessions.end_others(members[0].id)
        before, (mine, other) = mine, generations()
        assert (mine != before, other) == (True, theirs)


def test_only_the_members_own_session_can_be_ended(box: Container, members: list[MadeMember]) -> None:
    mine, theirs = rows(members[0]), rows(members[1])
    assert not box.members.sessions.end(members[0].id, theirs[0])
    assert box.members.sessions.end(members[0].id, mine[0])
    assert not box.members.sessions.end(members[0].id, mine[0])
    assert (rows(members[0]), rows(members[1])) == (mine[1:], theirs)


def test_a_session_is_forgotten_when_it_rested_too_long_or_is_too_old(
    box: Container, members: list[MadeMember], clock: FrozenClock
) -> None:
    idle, longest = timedelta(days=7), timedelta(days=30)
    clock.advance(timedelta(days=6))
    box.members.sessions.touch(rows(members[0])[0])
    clock.advance(timedelta(days=1) - timedelta(seconds=1))
    assert box.members.sessions.forget_old(idle=idle, longest=longest) == 0
    clock.advance(timedelta(seconds=1))
    assert box.members.sessions.forget_old(idle=idle, longest=longest) == 3
    assert len(rows(members[0])) == 1
    for _ in range(4):
        clock.advance(timedelta(days=5))
        box.members.sessions.touch(rows(members[0])[0])
    assert box.members.sessions.forget_old(idle=idle, longest=longest) == 0
    clock.advance(timedelta(days=3))
    assert box.members.sessions.forget_old(idle=idle, longest=longest) == 1, "seen three days ago, and thirty days old"


def test_a_login_from_another_kind_of_device_is_told_by_mail(app: Flask, box: Container) -> None:
    member, other = make_member(app), make_member(app, "老周")
    deeds = ((other, SAFARI, 0), (member, FIREFOX, 0), (member, FIREFOX, 0), (member, SAFARI, 1), (member, SAFARI, 1))
    for who, agent, mails in deeds:
        open_session(box, who.id, agent)
        told = list_rows(OutboxMail, kind="new_login")
        assert len(told) == mails, agent
    assert "Safari" in json.loads(told[0].context)["device"]


def test_of_what_a_browser_says_of_itself_two_hundred_characters_are_kept(app: Flask, box: Container) -> None:
    member = make_member(app)
    for said, kept in ((200, 200), (201, 200), (5000, 200)):
        open_session(box, member.id, "x" * said)
        assert rows(member, "agent")[-1] == "x" * kept
