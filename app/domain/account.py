"""Accounts: who a member is and what they may do, invitation codes, and the second factor (RFC 6238)."""

from __future__ import annotations

import base64
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Literal

from app.domain.errors import Refusal

Role = Literal["member", "moderator", "admin"]
ROLES: tuple[Role, ...] = ("member", "moderator", "admin")
Permission = Literal["exchange", "moderate"]
PASSWORD_LENGTHS = (8, 128)
MIN_GUESSES = 10**8


class LoginNeeded(Refusal):
    """Only members may do this."""

    zh = "请先登录。"
    en = "Please log in first."
    status = 401


class ConfirmationNeeded(Refusal):
    """The e-mail address is not confirmed yet."""

    zh = "请先确认你的邮箱：点开我们寄给你的信里的链接就好。"
    en = "Please confirm your e-mail address first: open the link in the letter we sent you."
    status = 403


class NotAllowed(Refusal):
    """The member's role does not allow it."""

    zh = "这一页不对你开放。"
    en = "This page is not open to you."
    status = 403


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A logged-in member, as a request knows them. `session_id` is the row of the session they
    came with, `session_seen` when it was last seen, in epoch seconds. `city_id` is their city, `city_shown` whether others see it.
    A suspension lasts until `suspended_until`; 0 where there was none.
    """

    id: int
    email: str
    nickname: str
    role: Role
    language: str
    wants_mail: bool
    is_confirmed: bool
    session_id: int
    session_seen: int
    suspended_until: int
    city_id: int | None = None
    city_shown: bool = False

    @property
    def home(self) -> int | None:
        """The city that distances are told from: their own, while they show it."""
        return self.city_id if self.city_shown else None


_OF_ROLE: dict[Role, frozenset[Permission]] = {
    "member": frozenset(),
    "moderator": frozenset({"moderate"}),
    "admin": frozenset({"moderate"}),
}
#: Roles that decide for others.
MODERATORS = frozenset(role for role, allowed in _OF_ROLE.items() if "moderate" in allowed)


def permissions_of(member: Member | None) -> frozenset[Permission]:
    """Return what a member may do beyond looking around; a visitor may do nothing more."""
    if member is None:
        return frozenset()
    return _OF_ROLE[member.role] | (frozenset({"exchange"}) if member.is_confirmed else frozenset())


def fold_key(text: str) -> str:
    """Return the form in which e-mail addresses are compared: NFKC, case folded, trimmed."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


def is_password_length(text: str) -> bool:
    """Whether a password is as long as the rules want; what it is made of does not matter."""
    return PASSWORD_LENGTHS[0] <= len(text) <= PASSWORD_LENGTHS[1]


def ensure_permitted(permission: Permission, permissions: frozenset[Permission]) -> None:
    """Check that a member may do what a page is for.

    :raises ConfirmationNeeded: for the exchange, which every member may use once their address is confirmed.
    :raises NotAllowed: for what a member's role does not allow.
    """
    if permission not in permissions:
        raise ConfirmationNeeded if permission == "exchange" else NotAllowed


class EmailTaken(Refusal):
    """Somebody has this address; said to operators alone."""

    zh = "已经有用 {email} 注册的账号了。"
    en = "There is an account with {email} already."


class UnfitAccount(Refusal):
    """A new account's address, nickname or password breaks the rules; forms say so field by field."""

    zh = "邮箱、昵称（2 到 20 个字符宽，一个汉字算两个，每个都看得见）或密码（8 到 128 个字符）不合要求。"
    en = "An account needs a valid address, a nickname of 2 to 20 visible characters (a Han character counts two) and a password of 8 to 128."


class NoSuchMember(Refusal):
    """Nobody has this address; said to operators alone."""

    zh = "没有用 {email} 注册的账号。"
    en = "Nobody has registered with {email}."
    status = 404


class WrongCredentials(Refusal):
    """The e-mail address is unknown or never confirmed, or the password is wrong; which of these is not said."""

    zh = "邮箱或密码不对。刚注册的话，请先点开信里的链接，确认邮箱。"
    en = "The e-mail address or the password is wrong. If you have just signed up, open the link in our letter first."
    status = 401


class WrongPassword(Refusal):
    """A member's own password, asked again, is wrong."""

    zh = "密码不对。"
    en = "The password is wrong."


class LinkExpired(Refusal):
    """A mailed link was used, replaced by a newer one, or is too old."""

    zh = "这个链接已经失效了。它只能用一次，也只在一段时间里有效；请再要一封新的信。"
    en = "This link no longer works. It can be used once and for a limited time; please ask for a new letter."
    status = 410


class PasswordTooCommon(Refusal):
    """Few guesses find this password."""

    zh = "这个密码太常见，很容易被猜到：常用的词、拼音、名字、日期、手机号，或你的邮箱、昵称，加几个数字也不行。换成几个不相干的词，或长一点的一句话吧。"
    en = (
        "This password is very common, or a word, name, date, phone number, your address or nickname with little added. "
        "Choose a few words that have nothing to do with each other, or a longer sentence."
    )


def is_guessable(guesses: int) -> bool:
    """Whether a password that withstands about so many guesses is too easy: eight random characters are not."""
    return guesses < MIN_GUESSES


MAX_PLACES = 200
MAX_DAYS = 90
CODE_LENGTH = 10
#: Without letters and digits that look alike.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class InvitationInvalid(Refusal):
    """No such invitation, or it is used up or over."""

    zh = "这个邀请码不对，或者已经用完、过期了。"
    en = "This invitation code is wrong, used up or over."


def make_invitation_code() -> str:
    """Return a random code (50 bits) that can be read out in class."""
    return "".join(secrets.choice(_LETTERS) for _ in range(CODE_LENGTH))


def typed_invitation(text: str) -> str:
    """Return a typed code as it is stored: in capitals, without spaces and hyphens."""
    return "".join(text.upper().replace("-", "").split())


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
