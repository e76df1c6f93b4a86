"""What happens once happens once, however many try at the same moment: the database decides."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pyotp
import pytest
from flask import Flask

from app.container import Container
from app.domain.account import InvitationInvalid, LinkExpired, WrongCode
from app.domain.errors import Refusal
from app.domain.nickname import NicknameTaken
from app.models.message import OutboxMail
from app.models.user import Invitation, User
from tests.support.members import PASSWORD, make_member, quick_passwords
from tests.support.rows import count_rows, list_rows

HANDS = 6


@pytest.fixture
def box(any_database_app: Flask) -> Container:
    quick_passwords(any_database_app)
    container: Container = any_database_app.extensions["container"]
    return container


def all_at_once(app: Flask, act: Callable[[int], object]) -> Counter[str]:
    """Let many hands act at the same moment and count how it went: "done", or the refusal's name."""
    gate, outcomes = threading.Barrier(HANDS), []

    def run(number: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                act(number)
            except Refusal as refusal:
                outcomes.append(type(refusal).__name__)
            else:
                outcomes.append("done")

    hands = [threading.Thread(target=run, args=(number,)) for number in range(HANDS)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return Counter(outcomes)


def one_of(refusal: type[Refusal]) -> Counter[str]:
    """What is right when one hand is first and all others are refused."""
    return Counter({"done": 1, refusal.__name__: HANDS - 1})


def sign_up(box: Container, number: int, nickname: str, invitation: str = "") -> None:
    email = f"r{number}@example.org"
    box.members.registration.register(
        email=email, nickname=nickname, password=PASSWORD, language="zh", invitation=invitation
    )


def test_a_nickname_goes_to_the_one_who_confirms_first(any_database_app: Flask, box: Container):
    outcomes = all_at_once(any_database_app, lambda number: sign_up(box, number, ("小满", "小 满")[number % 2]))
    assert outcomes == Counter(done=HANDS)
    with any_database_app.app_context():
        tokens = [box.members.account_tokens.make("confirm", account.id) for account in list_rows(User)]
    assert all_at_once(any_database_app, lambda hand: box.members.registration.confirm(tokens[hand])) == Counter(
        done=HANDS
    )
    with any_database_app.app_context():
        accounts = list_rows(User)
    assert [account.confirmed_at is not None for account in accounts] == [True] * HANDS
    nicknames = Counter("其他" if account.nickname.startswith("书友") else account.nickname for account in accounts)
    assert nicknames["小满"] + nicknames["小 满"] == 1
    assert nicknames["其他"] == HANDS - 1


def test_a_nickname_goes_to_one_of_those_who_are_invited(any_database_app: Flask, box: Container):
    moderator = make_member(any_database_app, "版主", role="moderator")
    with any_database_app.app_context():
        code = box.members.invitation_desk.make(moderator.id, places=HANDS, days=1, note="")
    looks = ("Ivan", "lvan", "1van", "IVAN", "іvan", "I v an")
    outcomes = all_at_once(any_database_app, lambda number: sign_up(box, number, looks[number], code))
    assert outcomes == one_of(NicknameTaken)
    with any_database_app.app_context():
        assert [invitation.used for invitation in list_rows(Invitation)] == [1]


def test_a_nickname_goes_to_one_of_those_who_change_theirs(any_database_app: Flask, box: Container):
    members = [make_member(any_database_app, f"书友{number}") for number in range(HANDS)]

    def rename(number: int) -> None:
        box.members.profiles.change(members[number].id, nickname="小满", language="zh", wants_mail=True)

    assert all_at_once(any_database_app, rename) == one_of(NicknameTaken)


def test_an_address_goes_to_one_and_nobody_is_told(any_database_app: Flask, box: Container):
    def register(number: int) -> None:
        box.members.registration.register(
            email="same@example.org", nickname=f"书友{number}", password=PASSWORD, language="zh"
        )

    assert all_at_once(any_database_app, register) == Counter(done=HANDS)
    with any_database_app.app_context():
        assert count_rows(User) == 1
        assert count_rows(OutboxMail, kind="registered_again") == HANDS - 1


def test_the_last_place_of_an_invitation_goes_to_one(any_database_app: Flask, box: Container):
    moderator = make_member(any_database_app, "版主", role="moderator")
    with any_database_app.app_context():
        code = box.members.invitation_desk.make(moderator.id, places=1, days=1, note="")

    def register(number: int) -> None:
        box.members.registration.register(
            email=f"r{number}@example.org", nickname=f"书友{number}", password=PASSWORD, language="zh", invitation=code
        )

    assert all_at_once(any_database_app, register) == one_of(InvitationInvalid)
    with any_database_app.app_context():
        assert count_rows(User) == 2


def test_a_reset_link_sets_one_password(any_database_app: Flask, box: Container):
    member = make_member(any_database_app)
    with any_database_app.app_context():
        token = box.members.account_tokens.make("reset", member.id)
    outcomes = all_at_once(
        any_database_app, lambda number: box.members.accounts.reset_password(token, f"{PASSWORD} {number}")
    )
    assert outcomes == one_of(LinkExpired)


def test_a_number_from_the_phone_lets_one_in(any_database_app: Flask, box: Container):
    member = make_member(any_database_app)
    with any_database_app.app_context():
        box.members.second_factors.begin(member.id)
        secret = box.members.second_factors.state(member.id).secret
        assert secret is not None
        phone = pyotp.TOTP(secret)
        now = int(box.core.clock.now().timestamp())
        codes = box.members.second_factors.turn_on(member.id, phone.at(now - 30))
    number = phone.at(now)
    outcomes = all_at_once(any_database_app, lambda _hand: box.members.second_factors.check(member.id, number))
    assert outcomes == one_of(WrongCode)
    outcomes = all_at_once(any_database_app, lambda _hand: box.members.second_factors.check(member.id, codes[0]))
    assert outcomes == one_of(WrongCode)
