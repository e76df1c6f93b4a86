"""Second factors: begin, turn on, check, turn off.

The shared secret is sealed in the database; a number works once: the database remembers the latest step that was used.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pyotp
from sqlalchemy import delete, update

from app import events
from app.db.database import rows_touched
from app.domain.account import (
    RECOVERY_CODES,
    SLACK_STEPS,
    STEP_SECONDS,
    SecondFactorOff,
    SecondFactorOn,
    WrongCode,
    make_recovery_code,
    typed_code,
)
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.libs.encryption import Sealer
from app.mail.outbox import Outbox, recipient_of
from app.models.user import RecoveryCode, SecondFactor, User
from app.queries.credentials import CredentialQueries
from app.services.members.profiles import get_by_email
from app.services.members.sessions import hash_token
from app.services.unit_of_work import use_case

ISSUER = "YuShu"

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class FactorState:
    """Where a member stands: `secret` is given only between beginning and turning on."""

    is_on: bool
    codes_left: int
    secret: str | None


class SecondFactors:
    """The second factors of members."""

    def __init__(self, *, clock: Clock, sealer: Sealer, credentials: CredentialQueries, outbox: Outbox) -> None:
        self._clock = clock
        self._outbox = outbox
        self._sealer = sealer
        self._credentials = credentials

    def state(self, user_id: int) -> FactorState:
        """Return where a member stands."""
        row = self._credentials.find_factor(user_id)
        if row is None:
            return FactorState(is_on=False, codes_left=0, secret=None)
        secret = None if row.is_on else self._secret(row.sealed_secret)
        return FactorState(is_on=row.is_on, codes_left=row.codes_left, secret=secret)

    @staticmethod
    def address(secret: str, email: str) -> str:
        """Return the ``otpauth:`` address that phones read from a QR picture."""
        return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=email, issuer_name=ISSUER)

    @use_case
    def begin(self, user_id: int) -> None:
        """Make a new secret; it counts once a first number was typed.

        :raises SecondFactorOn: when it is on already.
        """
        row = db.session.get(SecondFactor, user_id)
        if row is not None and row.enabled_at is not None:
            raise SecondFactorOn
        sealed = self._sealer.seal({"secret": pyotp.random_base32()})
        db.session.merge(SecondFactor(user_id=user_id, sealed_secret=sealed, create_time=epoch(self._clock.now())))

    @use_case
    def turn_on(self, user_id: int, code: str) -> tuple[str, ...]:
        """Turn it on by a first number, and give the recovery codes: nobody can read them again.

        :raises WrongCode: when the number is wrong.
        :raises SecondFactorOff: when it was not begun.
        :raises SecondFactorOn: when it is on already.
        """
        row = db.session.get(SecondFactor, user_id)
        if row is None:
            raise SecondFactorOff
        if row.enabled_at is not None:
            raise SecondFactorOn
        self._use_number(row, typed_code(code))
        row.enabled_at = epoch(self._clock.now())
        self._tell(user_id, "second_factor_on")
        events.second_factor_on.publish(member=user_id)
        return self._new_codes(user_id)

    @use_case
    def act_with_code(self, user_id: int, code: str, act: Callable[[], R]) -> R:
        """Use up a number or a recovery code and do what it was asked for, such as opening a session: both or neither.

        :raises WrongCode: as `check`.
        """
        self.check(user_id, code)
        return act()

    @use_case
    def check(self, user_id: int, code: str) -> None:
        """Take a number from the phone, or a recovery code; each works once.

        :raises WrongCode: when it is neither, too old, or was used before.
        """
        typed = typed_code(code)
        row = db.session.get(SecondFactor, user_id)
        if row is None or row.enabled_at is None:
            raise WrongCode
        if typed.isdecimal():
            self._use_number(row, typed)
            return
        used = delete(RecoveryCode).where(
            RecoveryCode.user_id == user_id, RecoveryCode.code_hash == _hash_code(user_id, typed)
        )
        if not rows_touched(db.session.execute(used)):
            raise WrongCode
        left = RecoveryCode.query.filter_by(user_id=user_id).count()
        self._tell(user_id, "recovery_code_used", left=left)
        events.recovery_code_used.publish(member=user_id, left=left)

    @use_case
    def renew_codes(self, user_id: int) -> tuple[str, ...]:
        """Return new recovery codes; the old ones work no more.

        :raises SecondFactorOff: when there is no second factor.
        """
        row = db.session.get(SecondFactor, user_id)
        if row is None or row.enabled_at is None:
            raise SecondFactorOff
        self._tell(user_id, "recovery_codes_renewed")
        events.recovery_codes_renewed.publish(member=user_id)
        return self._new_codes(user_id)

    @use_case
    def turn_off(self, user_id: int) -> None:
        """Forget secret and recovery codes; one that was only begun goes without a word."""
        row = db.session.get(SecondFactor, user_id)
        if row is not None and row.enabled_at is not None:
            self._tell(user_id, "second_factor_off")
            events.second_factor_off.publish(member=user_id)
        for model in (RecoveryCode, SecondFactor):
            model.query.filter_by(user_id=user_id).delete()

    @use_case
    def turn_off_of(self, email: str) -> str:
        """Turn it off for an operator, who knows the member by their address; return their nickname.

        :raises NoSuchMember: for an unknown address.
        """
        user = get_by_email(email)
        self.turn_off(user.id)
        return user.nickname

    def _use_number(self, row: SecondFactor, number: str) -> None:
        """Use a number up. Of two logins with the same number at once the database lets one in."""
        totp = pyotp.TOTP(self._secret(row.sealed_secret), interval=STEP_SECONDS)
        today = epoch(self._clock.now()) // STEP_SECONDS
        steps = range(today - SLACK_STEPS, today + SLACK_STEPS + 1)
        fitting = [step for step in steps if hmac.compare_digest(totp.at(step * STEP_SECONDS), number)]
        if not fitting:
            raise WrongCode
        used = db.session.execute(
            update(SecondFactor)
            .where(SecondFactor.user_id == row.user_id, SecondFactor.last_step < fitting[-1])
            .values(last_step=fitting[-1])
        )
        if not rows_touched(used):
            raise WrongCode

    def _tell(self, user_id: int, kind: str, **context: int) -> None:
        """Write to the member, even one who wants no mail: it is how they learn that somebody else did it."""
        self._outbox.post(kind, recipient_of(User.query.filter_by(id=user_id).one()), context)

    def _secret(self, sealed: str) -> str:
        return self._sealer.unseal(sealed)["secret"]

    @staticmethod
    def _new_codes(user_id: int) -> tuple[str, ...]:
        RecoveryCode.query.filter_by(user_id=user_id).delete()
        codes = tuple(make_recovery_code() for _ in range(RECOVERY_CODES))
        db.session.add_all(
            RecoveryCode(user_id=user_id, code_hash=_hash_code(user_id, typed_code(one))) for one in codes
        )
        return codes


def _hash_code(user_id: int, typed: str) -> str:
    return hash_token(f"{user_id}:{typed}")
