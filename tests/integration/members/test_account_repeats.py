"""Every write of an account survives a database that fails at the worst moment, and happens once: tried on real lines."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask

from app.container import Container
from app.domain.drift_request import PostalRecipient
from app.models.drift import SavedAddress
from app.models.message import OutboxMail
from app.models.user import Invitation, RecoveryCode, SecondFactor, User, UserSession
from tests.support.apps import close, make_app
from tests.support.commit_fault_proxy import CutLine
from tests.support.mariadb import Server
from tests.support.members import PASSWORD, MadeMember, make_member, open_session, quick_passwords
from tests.support.rows import count_rows, list_rows

NEW = "尺素如残雪 9527"
HOME = PostalRecipient(name="林小满", mobile="13800138000", address="四川省成都市青羊区草堂路三十七号")


@dataclass
class World:
    """A member with one session, on a site whose line to the database can be cut."""

    app: Flask
    box: Container
    line: CutLine
    member: MadeMember
    session_id: int

    def begun_factor(self) -> pyotp.TOTP:
        self.box.members.second_factors.begin(self.member.id)
        secret = self.box.members.second_factors.state(self.member.id).secret
        assert secret is not None
        return pyotp.TOTP(secret)

    def factor(self) -> tuple[str, ...]:
        return self.box.members.second_factors.turn_on(self.member.id, self.begun_factor().now())


@pytest.fixture
def world(mariadb_url: str, mariadb_server: Server, data_dir: Path) -> Iterator[World]:
    with CutLine(mariadb_server.port) as line:
        app = make_app(data_dir, mariadb_url.replace(str(mariadb_server.port), str(line.port)))
        quick_passwords(app)
        box: Container = app.extensions["container"]
        member = make_member(app, is_confirmed=False)
        with app.app_context():
            open_session(box, member.id)
            yield World(app, box, line, member, box.members.directory.list_sessions(member.id)[0].id)
        close(app)


Act = Callable[[World], Callable[[], Any]]


Count = Callable[[], int]


def rows(model: type[Any], **values: Any) -> Count:
    """Return what counts the rows of a model that hold these values."""
    return lambda: count_rows(model, **values)


def mails(kind: str) -> Count:
    return rows(OutboxMail, kind=kind)


def places_taken() -> int:
    """Count how often the one invitation was used."""
    [invitation] = list_rows(Invitation)
    return invitation.used


def register(world: World, *, email: str = "new@example.org", invitation: str = "") -> None:
    world.box.members.registration.register(
        email=email, nickname="大寒", password=PASSWORD, language="zh", invitation=invitation
    )


def with_invitation(world: World) -> Callable[[], Any]:
    code = world.box.members.invitation_desk.make(world.member.id, places=9, days=1, note="")
    return lambda: register(world, invitation=code)


def with_link(kind: Any, use: Callable[[World, str], Any], email: str = "") -> Act:
    def prepare(world: World) -> Callable[[], Any]:
        token = world.box.members.account_tokens.make(kind, world.member.id, email=email)
        return lambda: use(world, token)

    return prepare


def turn_on(world: World) -> Callable[[], Any]:
    phone = world.begun_factor()

    def act() -> None:
        codes = world.box.members.second_factors.turn_on(world.member.id, phone.now())
        world.box.members.second_factors.check(
            world.member.id, codes[0]
        )  # those that were given are those that are stored

    return act


def renew_codes(world: World) -> Callable[[], Any]:
    world.factor()
    return lambda: world.box.members.second_factors.check(
        world.member.id, world.box.members.second_factors.renew_codes(world.member.id)[0]
    )


def use_code(world: World) -> Callable[[], Any]:
    codes = world.factor()
    return lambda: world.box.members.second_factors.check(world.member.id, codes[0])


def after(first: Callable[[World], Any], act: Callable[[World], Any]) -> Act:
    def prepare(world: World) -> Callable[[], Any]:
        first(world)
        return lambda: act(world)

    return prepare


def open_another(world: World) -> None:
    open_session(world.box, world.member.id, "another")


def change_profile(world: World) -> None:
    world.box.members.profiles.change(world.member.id, nickname="新名字", language="en", wants_mail=False)


def change_password(world: World) -> None:
    world.box.members.accounts.change_password(world.member.id, old=PASSWORD, new=NEW, session_id=world.session_id)


def end_session(world: World) -> None:
    assert world.box.members.sessions.end(world.member.id, world.session_id)


def end_other_sessions(world: World) -> None:
    assert world.box.members.sessions.end_others(world.member.id, but=world.session_id) == 1


SESSIONS = rows(UserSession, status=1)
CODES = rows(RecoveryCode)
#: What is done, what to count afterwards, and what it must be.
ACTS: dict[str, tuple[Act, Count, int]] = {
    "register": (lambda s: lambda: register(s), rows(User), 2),
    "register, its mail": (lambda s: lambda: register(s), mails("confirm"), 1),
    "register again": (lambda s: lambda: register(s, email=s.member.email), mails("registered_again"), 1),
    "register with an invitation": (with_invitation, places_taken, 1),
    "confirm": (
        with_link("confirm", lambda s, token: s.box.members.registration.confirm(token)),
        lambda: sum(account.confirmed_at is not None for account in list_rows(User)),
        1,
    ),
    "confirmation again": (
        lambda s: lambda: s.box.members.registration.post_confirmation(s.member.id),
        mails("confirm"),
        1,
    ),
    "ask for a reset": (
        lambda s: lambda: s.box.members.accounts.ask_for_reset(s.member.email, language="zh"),
        mails("reset_password"),
        1,
    ),
    "reset": (
        with_link("reset", lambda s, token: s.box.members.accounts.reset_password(token, NEW)),
        mails("password_changed"),
        1,
    ),
    "change the password": (lambda s: lambda: change_password(s), mails("password_changed"), 1),
    "ask for an address": (
        lambda s: lambda: s.box.members.profiles.ask_for_email(s.member.id, "new@example.org"),
        mails("email_change"),
        1,
    ),
    "change the address": (
        with_link("email", lambda s, token: s.box.members.profiles.change_email(token), "new@example.org"),
        mails("email_changed"),
        1,
    ),
    "change the profile": (
        lambda s: lambda: change_profile(s),
        rows(User, nickname="新名字"),
        1,
    ),
    "log in": (lambda s: lambda: open_another(s), SESSIONS, 2),
    "log out": (lambda s: lambda: end_session(s), SESSIONS, 0),
    "end other sessions": (after(open_another, end_other_sessions), SESSIONS, 1),
    "make an invitation": (
        lambda s: lambda: s.box.members.invitation_desk.make(s.member.id, places=1, days=1, note=""),
        places_taken,
        0,
    ),
    "begin a second factor": (lambda s: s.begun_factor, rows(SecondFactor), 1),
    "turn it on": (turn_on, CODES, 9),
    "use a recovery code": (use_code, CODES, 9),
    "renew the codes": (renew_codes, CODES, 9),
    "turn it off": (after(World.factor, lambda s: s.box.members.second_factors.turn_off(s.member.id)), CODES, 0),
    "keep an address": (
        lambda s: lambda: s.box.exchange.saved_addresses.keep(s.member.id, HOME),
        rows(SavedAddress),
        1,
    ),
    "disable": (
        lambda s: lambda: s.box.members.leaving.disable(s.member.email),
        lambda: sum(account.disabled_at is not None for account in list_rows(User)),
        1,
    ),
    "delete": (
        lambda s: lambda: s.box.members.leaving.delete(s.member.id),
        rows(User, status=0),
        1,
    ),
}


@pytest.mark.parametrize("fault", ["never sent", "answer lost"])
@pytest.mark.parametrize("name", ACTS)
def test_a_write_whose_commit_went_astray_happens_once(world: World, name: str, fault: str):
    prepare, count, expected = ACTS[name]
    act = prepare(world)
    world.line.arm(fault)
    act()
    assert world.line.strikes == 1
    assert count() == expected


def hold_against(admin: Any, mine: str, theirs: str, done: threading.Event) -> None:
    """Hold a row that somebody waits for, then want the one that they hold: a deadlock that the smaller side loses."""
    with admin.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("INSERT INTO throttle (name, create_time) SELECT CONCAT('weight', seq), 0 FROM seq_1_to_100")
        cursor.execute(mine)
        done.set()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            cursor.execute("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")
            if cursor.fetchone() != (0,):
                break
            time.sleep(0.2)  # InnoDB renews this table when nobody has read it for a tenth of a second
        cursor.execute(theirs)
        cursor.execute("ROLLBACK")


def test_a_password_is_changed_in_spite_of_a_deadlock(world: World, mariadb_server: Server):
    open_another(world)
    before, holding = mariadb_server.status("Innodb_deadlocks"), threading.Event()
    admin = mariadb_server.connect("yushu")
    rival = threading.Thread(
        target=hold_against,
        args=(
            admin,
            "SELECT id FROM user_session FOR UPDATE",
            f"UPDATE user SET wants_mail = 1 - wants_mail WHERE id = {world.member.id}",
            holding,
        ),
    )
    rival.start()
    assert holding.wait(20)
    change_password(world)
    rival.join(30)
    admin.close()
    assert mariadb_server.status("Innodb_deadlocks") == before + 1
    assert mails("password_changed")() == 1
    assert SESSIONS() == 1
    world.box.members.accounts.authenticate(email=world.member.email, password=NEW)
