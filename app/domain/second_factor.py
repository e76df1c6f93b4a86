"""The second factor: numbers that change every half minute (RFC 6238), and codes for when the phone is lost."""

from __future__ import annotations

import base64
import secrets

from app.domain.errors import Refusal

STEP_SECONDS = 30
#: A number of the step before and after is taken, too: clocks differ, and typing takes its time.
SLACK_STEPS = 1
RECOVERY_CODES = 10
_CODE_BYTES = 10
_GROUP = 4


class WrongCode(Refusal):
    """The number or recovery code is wrong, too old, or was used before; which of them is not said."""

    zh = "这个验证码不对，或者已经用过了。等手机上换成下一个再试。"
    en = "This code is wrong or was used before. Wait for the next one on your phone and try again."


class SecondFactorOn(Refusal):
    """There is a second factor already."""

    zh = "两步登录已经开着了。"
    en = "Your second factor is on already."


class SecondFactorOff(Refusal):
    """There is no second factor, or its set-up was not begun."""

    zh = "两步登录还没有开。"
    en = "Your second factor is not on."


def make_recovery_code() -> str:
    """Return a random code of 16 letters and digits (80 bits), in groups of four."""
    letters = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode("ascii")
    return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))


def typed_code(text: str) -> str:
    """Return what was typed without spaces and hyphens, in capitals: a number of six digits or a recovery code."""
    return "".join(character for character in text.upper() if character.isascii() and character.isalnum())
