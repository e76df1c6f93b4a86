"""Who a member is and what they may do."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

from app.domain.errors import Refusal

Role = Literal["member", "moderator", "admin"]
ROLES: tuple[Role, ...] = ("member", "moderator", "admin")


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
    """A logged-in member, as a request knows them. `session_id` is the row of the session they came with."""

    id: int
    email: str
    nickname: str
    role: Role
    language: str
    wants_mail: bool
    is_confirmed: bool
    session_id: int

    @property
    def is_moderator(self) -> bool:
        """Whether this member may decide for others."""
        return self.role in {"moderator", "admin"}

    @property
    def is_admin(self) -> bool:
        """Whether this member may name moderators."""
        return self.role == "admin"


def fold_key(text: str) -> str:
    """Give the form in which e-mail addresses and nicknames are compared: NFKC, case folded, trimmed."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


def ensure_confirmed(member: Member) -> None:
    """Let confirmed members through.

    :raises ConfirmationNeeded: for the others.
    """
    if not member.is_confirmed:
        raise ConfirmationNeeded
