"""Invitation codes: a class behind one address, without a mail server, still gets in."""

from __future__ import annotations

import secrets

from app.domain.errors import Refusal

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
