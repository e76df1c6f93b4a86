"""Sessions as rows: when they are noted, ended and forgotten, and whose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app.container import Container
from app.domain.account import WrongCredentials
from app.libs.clock import FrozenClock, epoch
from tests.support.apps import NOON
from tests.support.members import MadeMember, make_member, open_session, quick_passwords

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


def rows(box: Container, member: MadeMember, what: str = "id") -> list[int]:
    """List something of a member's sessions that have not ended."""
    found = f"SELECT {what} FROM user_session WHERE user_id = :id AND status = 1 ORDER BY id"
    return [row[0] for row in box.core.sql.fetchall(found, {"id": member.id})]


def test_a_token_is_256_random_bits_and_the_row_holds_another_text(box: Container, members: list[MadeMember]) -> None:
    token = open_session(box, members[0].id)
    assert len(token) == 43, "of 64 letters each"
    assert token not in rows(box, members[0], "token_hash")


def test_no_session_begins_with_a_password_that_is_no_longer_theirs(box: Container, members: list[MadeMember]) -> None:
    before = rows(box, members[0])
    with pytest.raises(WrongCredentials):
        box.members.sessions.open(members[0].id, mark="of another password", agent=FIREFOX)
    assert rows(box, members[0]) == before


def test_that_a_member_is_here_is_noted_once_an_hour(
    box: Container, members: list[MadeMember], clock: FrozenClock
) -> None:
    first, _ = rows(box, members[0])
    for seconds, noted in ((3599, 0), (1, 3600)):
        clock.advance(timedelta(seconds=seconds))
        box.members.sessions.touch(first)
        assert rows(box, members[0], "seen_time") == [epoch(NOON) + noted, epoch(NOON)]


def test_who_ends_all_other_sessions_ends_only_their_own(box: Container, members: list[MadeMember]) -> None:
    mine, others = rows(box, members[0]), rows(box, members[1])
    assert box.members.sessions.end_others(members[0].id, but=mine[0]) == 1
    assert (rows(box, members[0]), rows(box, members[1])) == (mine[:1], others)
    assert box.members.sessions.end_others(members[0].id) == 1
    assert (rows(box, members[0]), rows(box, members[1])) == ([], others)


def test_only_the_members_own_session_can_be_ended(box: Container, members: list[MadeMember]) -> None:
    mine, theirs = rows(box, members[0]), rows(box, members[1])
    assert not box.members.sessions.end(members[0].id, theirs[0])
    assert box.members.sessions.end(members[0].id, mine[0])
    assert not box.members.sessions.end(members[0].id, mine[0])
    assert (rows(box, members[0]), rows(box, members[1])) == (mine[1:], theirs)


def test_a_session_is_forgotten_when_it_rested_too_long_or_is_too_old(
    box: Container, members: list[MadeMember], clock: FrozenClock
) -> None:
    idle, longest = timedelta(days=7), timedelta(days=30)
    clock.advance(timedelta(days=6))
    box.members.sessions.touch(rows(box, members[0])[0])
    clock.advance(timedelta(days=1) - timedelta(seconds=1))
    assert box.members.sessions.forget_old(idle=idle, longest=longest) == 0
    clock.advance(timedelta(seconds=1))
    assert box.members.sessions.forget_old(idle=idle, longest=longest) == 3
    assert len(rows(box, members[0])) == 1
    for _ in range(4):
        clock.advance(timedelta(days=5))
        box.members.sessions.touch(rows(box, members[0])[0])
    assert box.members.sessions.forget_old(idle=idle, longest=longest) == 0
    clock.advance(timedelta(days=3))
    assert box.members.sessions.forget_old(idle=idle, longest=longest) == 1, "seen three days ago, and thirty days old"


def test_a_login_from_another_kind_of_device_is_told_by_mail(app: Flask, box: Container) -> None:
    member = make_member(app)
    for agent, mails in ((FIREFOX, 0), (FIREFOX, 0), (SAFARI, 1), (SAFARI, 1)):
        open_session(box, member.id, agent)
        told = box.core.sql.fetchall("SELECT context FROM outbox_mail WHERE kind = 'new_login'")
        assert len(told) == mails, agent
    assert "Safari" in json.loads(told[0][0])["device"]
