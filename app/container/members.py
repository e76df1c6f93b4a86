"""The container: accounts and what belongs to them."""

from __future__ import annotations

from functools import cached_property

from app.container.core import Core, MailParts
from app.container.exchange import ExchangeParts
from app.libs.passwords import Passwords, places_for
from app.queries.credentials import CredentialQueries
from app.queries.member import InvitationQueries, MemberQueries
from app.services.members.account_closure import Leaving
from app.services.members.account_tokens import AccountTokens
from app.services.members.accounts import Accounts
from app.services.members.cities import Cities
from app.services.members.marks import Marks
from app.services.members.nicknames import Nicknames
from app.services.members.password_rules import PasswordRules
from app.services.members.profiles import Profiles
from app.services.members.registration import InvitationDesk, Registration
from app.services.members.second_factors import SecondFactors
from app.services.members.sessions import Sessions


class MemberParts:
    """Accounts, sessions and what belongs to a member."""

    def __init__(self, core: Core, mail: MailParts, exchange: ExchangeParts) -> None:
        self._core = core
        self._mail = mail
        self._exchange = exchange

    @cached_property
    def directory(self) -> MemberQueries:
        """Look up members."""
        return MemberQueries(self._core.sql)

    @cached_property
    def credentials(self) -> CredentialQueries:
        """Look up what proves who somebody is."""
        return CredentialQueries(self._core.sql)

    @cached_property
    def passwords(self) -> Passwords:
        """Hash and check passwords."""
        at_once, waiting = places_for(self._core.settings["THREADS"])
        return Passwords(at_once=at_once, waiting=waiting)

    @cached_property
    def password_rules(self) -> PasswordRules:
        """Judge and hash new passwords."""
        return PasswordRules(self.passwords)

    @cached_property
    def sessions(self) -> Sessions:
        """Open, touch and end sessions."""
        return Sessions(self._core.clock, self._mail.outbox)

    @cached_property
    def account_tokens(self) -> AccountTokens:
        """Make and use the links of account mail."""
        return AccountTokens(self._core.clock, self.credentials)

    @cached_property
    def nicknames(self) -> Nicknames:
        """Judge and claim nicknames."""
        return Nicknames(self.directory)

    @cached_property
    def marks(self) -> Marks:
        """Find out which accounts are one person's."""
        return Marks(clock=self._core.clock, sealer=self._core.sealer, ledger=self._exchange.ledger)

    @cached_property
    def registration(self) -> Registration:
        """Make accounts and confirm them."""
        return Registration(
            clock=self._core.clock,
            rules=self.password_rules,
            nicknames=self.nicknames,
            invitations=self.invitations,
            tokens=self.account_tokens,
            outbox=self._mail.outbox,
            marks=self.marks,
        )

    @cached_property
    def accounts(self) -> Accounts:
        """Log in, reset and change passwords."""
        return Accounts(
            clock=self._core.clock,
            credentials=self.credentials,
            passwords=self.passwords,
            rules=self.password_rules,
            sessions=self.sessions,
            tokens=self.account_tokens,
            nicknames=self.nicknames,
            outbox=self._mail.outbox,
            marks=self.marks,
        )

    @cached_property
    def profiles(self) -> Profiles:
        """Change what is stored of a member."""
        return Profiles(
            clock=self._core.clock,
            nicknames=self.nicknames,
            tokens=self.account_tokens,
            outbox=self._mail.outbox,
            marks=self.marks,
        )

    @cached_property
    def cities(self) -> Cities:
        """Choose a city, show it, hide it."""
        return Cities(self._core.clock, self._exchange.ledger)

    @cached_property
    def second_factors(self) -> SecondFactors:
        """Turn second factors on and off, and check them."""
        return SecondFactors(
            clock=self._core.clock, sealer=self._core.sealer, credentials=self.credentials, outbox=self._mail.outbox
        )

    @cached_property
    def invitations(self) -> InvitationQueries:
        """Look up invitations."""
        return InvitationQueries(self._core.sql)

    @cached_property
    def invitation_desk(self) -> InvitationDesk:
        """Make and end invitations."""
        return InvitationDesk(self._core.clock)

    @cached_property
    def leaving(self) -> Leaving:
        """Disable, enable and delete accounts."""
        return Leaving(
            clock=self._core.clock,
            directory=self.directory,
            closure=self._exchange.account_closure,
            outbox=self._mail.outbox,
            cities=self.cities,
        )
