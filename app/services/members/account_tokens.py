"""The links in account mail: made when a mail is sent, used once, dead when a newer one exists."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Literal

from app.domain.account import LinkExpired
from app.domain.report import APPEAL_SECONDS
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.mail.mail import NoLongerWantedError
from app.models.user import AccountToken
from app.queries.credentials import CredentialQueries, LinkRow
from app.services.members.sessions import hash_token
from app.services.operations.mail_delivery import PendingMail, SecretFactory
from app.services.operations.purging import sweep
from app.services.unit_of_work import use_case

TokenKind = Literal["confirm", "reset", "email", "appeal"]
LIFETIMES: dict[TokenKind, int] = {"confirm": 7 * 86400, "reset": 3600, "email": 86400, "appeal": APPEAL_SECONDS}


class AccountTokens:
    """Make, look at and use links."""

    def __init__(self, clock: Clock, credentials: CredentialQueries) -> None:
        self._clock = clock
        self._credentials = credentials

    @use_case
    def make(self, kind: TokenKind, user_id: int, *, email: str = "") -> str:
        """Make a link's token; older ones of the same kind and member die."""
        token = secrets.token_urlsafe(32)
        now = epoch(self._clock.now())
        AccountToken.query.filter_by(user_id=user_id, kind=kind).delete()
        db.session.add(
            AccountToken(
                user_id=user_id,
                kind=kind,
                token_hash=hash_token(token),
                email=email,
                expires_at=now + LIFETIMES[kind],
                create_time=now,
            )
        )
        return token

    def find(self, kind: TokenKind, token: str) -> LinkRow:
        """Return what the link says, without using it up.

        :raises LinkExpired: when it was used, replaced, is too old, or never was.
        """
        link = self._credentials.find_link(kind, hash_token(token), now=epoch(self._clock.now()))
        if link is None:
            raise LinkExpired
        return link

    @use_case
    def use(self, kind: TokenKind, token: str) -> LinkRow:
        """Use the link up and give what it said; of two uses at once one fails.

        :raises LinkExpired: as `find`.
        """
        link = self.find(kind, token)
        if not AccountToken.query.filter_by(token_hash=hash_token(token)).delete():
            raise LinkExpired
        return link

    @use_case
    def forget_all(self, user_id: int) -> None:
        """Kill every link of a member."""
        AccountToken.query.filter_by(user_id=user_id).delete()

    def forget_old(self) -> int:
        """Delete the links that are too old, and return their number."""
        return sweep(self._clock, AccountToken, AccountToken.expires_at <= epoch(self._clock.now()))


def secret_factories_for(tokens: AccountTokens) -> dict[str, SecretFactory]:
    """Make the links of account mail when it is sent: they lie in no outbox."""

    def mint(kind: TokenKind) -> SecretFactory:
        def make(mail: PendingMail) -> Mapping[str, str | int]:
            if mail.user_id is None:
                raise NoLongerWantedError("nobody has this address")
            token = tokens.make(kind, mail.user_id, email=mail.address)
            return {"token": token, "hours": LIFETIMES[kind] // 3600, "minutes": LIFETIMES[kind] // 60}

        return make

    return {
        "confirm": mint("confirm"),
        "reset_password": mint("reset"),
        "email_change": mint("email"),
        "disabled": mint("appeal"),
    }
