"""Second factors without their pages: which numbers and codes are taken, when, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from flask import Flask

from app.container import Container
from app.domain.account import SecondFactorOff, SecondFactorOn, WrongCode
from app.libs.clock import FrozenClock, epoch
from app.services.members.second_factors import SecondFactors
from tests.support.members import make_member, quick_passwords


@pytest.fixture
def member(app: Flask, clock: FrozenClock) -> Iterator[int]:
    quick_passwords(app)
    with app.app_context():
        yield make_member(app).id


@pytest.fixture
def factors(app: Flask, member: int) -> SecondFactors:
    container: Container = app.extensions["container"]
    return container.members.second_factors


class Phone:
    """What shows the numbers, a new one every half minute."""

    def __init__(self, secret: str | None, clock: FrozenClock) -> None:
        self._totp, self._clock = pyotp.TOTP(str(secret), interval=30), clock

    def number(self, steps: int = 0) -> str:
        return self._totp.at(epoch(self._clock.now()) + 30 * steps)


@pytest.fixture
def phone(factors: SecondFactors, member: int, clock: FrozenClock) -> Phone:
    factors.begin(member)
    return Phone(factors.state(member).secret, clock)


@pytest.mark.parametrize("second", [0, 29])
def test_a_number_is_taken_half_a_minute_around_its_own(
    factors: SecondFactors, phone: Phone, member: int, clock: FrozenClock, second: int
) -> None:
    factors.turn_on(member, phone.number())
    clock.advance(timedelta(minutes=5, seconds=second))
    for steps in (-3, -2, 2, 3):
        with pytest.raises(WrongCode):
            factors.check(member, phone.number(steps))
    for steps in (-1, 0, 1):
        factors.check(member, phone.number(steps))
        for used in (steps - 1, steps):
            with pytest.raises(WrongCode):
                factors.check(member, phone.number(used))


def test_each_of_ten_recovery_codes_works_once_and_new_ones_replace_what_is_left(
    factors: SecondFactors, phone: Phone, member: int
) -> None:
    codes = factors.turn_on(member, phone.number())
    assert len(set(codes)) == len(codes) == 10
    for left, code in enumerate(codes[:4]):
        assert factors.state(member).codes_left == 10 - left
        factors.check(member, code)
        with pytest.raises(WrongCode):
            factors.check(member, code)
    renewed = factors.renew_codes(member)
    assert (len(set(renewed)), factors.state(member).codes_left) == (10, 10)
    for code in codes:
        with pytest.raises(WrongCode):
            factors.check(member, code)


def test_a_factor_that_is_off_or_on_says_so(factors: SecondFactors, member: int, clock: FrozenClock) -> None:
    for act in (lambda: factors.turn_on(member, "000000"), lambda: factors.renew_codes(member)):
        with pytest.raises(SecondFactorOff):
            act()
    with pytest.raises(WrongCode):
        factors.check(member, "000000")
    factors.begin(member)
    phone = Phone(factors.state(member).secret, clock)
    with pytest.raises(SecondFactorOff):
        factors.renew_codes(member)
    with pytest.raises(WrongCode):
        factors.check(member, phone.number())
    factors.turn_on(member, phone.number())
    for act in (lambda: factors.begin(member), lambda: factors.turn_on(member, phone.number(1))):
        with pytest.raises(SecondFactorOn):
            act()
