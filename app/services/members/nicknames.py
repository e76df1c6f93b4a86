"""Who is called what: nicknames that are free, and names that are claimed when an account is confirmed.

Who signed up by themselves holds their nickname from the moment their address is confirmed, not before. So a sign-up changes nothing
that strangers see, whether its address was known or not.
"""

from __future__ import annotations

import secrets

from sqlalchemy.exc import IntegrityError

from app.domain.nickname import (
    NicknameReserved,
    NicknameTaken,
    is_reserved,
    is_unclaimed,
    looks_like_pseudonym,
    nickname_key,
)
from app.extensions import db
from app.models.user import User
from app.queries.member import MemberQueries
from app.services.unit_of_work import RaceLostError


class Nicknames:
    """Judge and claim nicknames. The unique key decides a race; to look first is for a kind answer."""

    def __init__(self, members: MemberQueries) -> None:
        self._members = members

    def ensure_may_have(self, nickname: str, *, is_staff: bool = False) -> None:
        """Let a nickname through that is free.

        :param is_staff: whether they may speak for the site.
        :raises NicknameReserved: when it speaks for the site, or passes for that of somebody who left.
        :raises NicknameTaken: when somebody has it, or one that looks the same.
        """
        if looks_like_pseudonym(nickname) or (not is_staff and is_reserved(nickname)):
            raise NicknameReserved(nickname=nickname)
        if self._members.has_nickname(nickname_key(nickname)):
            raise NicknameTaken(nickname=nickname)

    def rename(self, user: User, nickname: str) -> None:
        """Change a member's nickname, in an open transaction. Who keeps theirs keeps it, even if today's rules refuse it.

        :raises NicknameTaken: :raises NicknameReserved: as `ensure_may_have`.
        """
        if nickname == user.nickname:
            return
        if nickname_key(nickname) != user.nickname_key:
            self.ensure_may_have(nickname, is_staff=user.role != "member")
        _store(user, nickname)

    def claim(self, user: User) -> None:
        """Assign a member the nickname that they signed up with, or one of the site's own when somebody was faster.

        Call it in the transaction that lets the member in.
        """
        if not is_unclaimed(user.nickname_key):
            return
        is_taken = self._members.has_nickname(nickname_key(user.nickname))
        _store(user, f"书友{secrets.token_hex(3)}" if is_taken else user.nickname)


def _store(user: User, nickname: str) -> None:
    user.nickname, user.nickname_key = nickname, nickname_key(nickname)
    try:
        db.session.flush()
    except IntegrityError:
        raise RaceLostError from None
