"""The container: accounts, and the courier who makes their links when he sends them."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from app.container.letters import LetterParts
from app.domain.exchange_numbers import Numbers
from app.libs.passwords import Passwords, places_for
from app.queries.credentials import CredentialsBook
from app.queries.invitation import Invitations
from app.queries.member import Members
from app.queries.saved_address import SavedAddressRows
from app.services.account_tokens import AccountTokens, mints_for
from app.services.accounts import Accounts
from app.services.courier import Courier, Mint
from app.services.invitations import InvitationDesk
from app.services.ledger import Ledger
from app.services.marks import Marks
from app.services.nicknames import Nicknames
from app.services.password_rules import PasswordRules
from app.services.profiles import Profiles
from app.services.purging import Purging
from app.services.registration import Registration
from app.services.saved_addresses import SavedAddresses
from app.services.second_factors import SecondFactors
from app.services.sessions import Sessions


class MemberParts(LetterParts):
    """Accounts, sessions, and the courier who makes the links of their mail."""

    @cached_property
    def members(self) -> Members:
        """Look up members."""
        return Members(self.sql)

    @cached_property
    def credentials(self) -> CredentialsBook:
        """Look up what proves who somebody is."""
        return CredentialsBook(self.sql)

    @cached_property
    def passwords(self) -> Passwords:
        """Hash and check passwords."""
        at_once, waiting = places_for(self.settings["THREADS"])
        return Passwords(at_once=at_once, waiting=waiting)

    @cached_property
    def password_rules(self) -> PasswordRules:
        """Judge and hash new passwords."""
        return PasswordRules(self.passwords)

    @cached_property
    def sessions(self) -> Sessions:
        """Open, touch and end sessions."""
        return Sessions(self.clock, self.outbox)

    def _forget_old_sessions(self) -> int:
        idle, longest = (timedelta(days=self.settings[name]) for name in ("SESSION_IDLE_DAYS", "SESSION_DAYS"))
        return self.sessions.forget_old(idle=idle, longest=longest)

    @cached_property
    def purging(self) -> Purging:
        """Remove for good what was deleted long enough ago."""
        keep = timedelta(days=self.settings["KEEP_DELETED_DAYS"])
        return Purging(use_cases=self.use_cases, clock=self.clock, keep=keep)

    @cached_property
    def account_tokens(self) -> AccountTokens:
        """Make and use the links of account mail."""
        return AccountTokens(self.clock, self.credentials)

    @cached_property
    def nicknames(self) -> Nicknames:
        """Judge and claim nicknames."""
        return Nicknames(self.members)

    @cached_property
    def numbers(self) -> Numbers:
        """Count what the exchange's rules count with."""
        return Numbers.of(self.settings)

    @cached_property
    def ledger(self) -> Ledger:
        """Move beans."""
        return Ledger(self.clock, self.numbers)

    @cached_property
    def marks(self) -> Marks:
        """Find out which accounts are one person's."""
        return Marks(clock=self.clock, sealer=self.sealer, ledger=self.ledger)

    @cached_property
    def registration(self) -> Registration:
        """Make accounts and confirm them."""
        return Registration(
            clock=self.clock,
            rules=self.password_rules,
            nicknames=self.nicknames,
            invitations=self.invitations,
            tokens=self.account_tokens,
            outbox=self.outbox,
            marks=self.marks,
        )

    @cached_property
    def accounts(self) -> Accounts:
        """Log in, reset and change passwords."""
        return Accounts(
            clock=self.clock,
            credentials=self.credentials,
            passwords=self.passwords,
            rules=self.password_rules,
            sessions=self.sessions,
            tokens=self.account_tokens,
            nicknames=self.nicknames,
            outbox=self.outbox,
            marks=self.marks,
        )

    @cached_property
    def profiles(self) -> Profiles:
        """Change what is stored of a member."""
        return Profiles(
            clock=self.clock,
            nicknames=self.nicknames,
            tokens=self.account_tokens,
            outbox=self.outbox,
            marks=self.marks,
        )

    @cached_property
    def second_factors(self) -> SecondFactors:
        """Turn second factors on and off, and check them."""
        return SecondFactors(clock=self.clock, sealer=self.sealer, credentials=self.credentials, outbox=self.outbox)

    @cached_property
    def invitations(self) -> Invitations:
        """Look up invitations."""
        return Invitations(self.sql)

    @cached_property
    def invitation_desk(self) -> InvitationDesk:
        """Make and end invitations."""
        return InvitationDesk(self.clock)

    @cached_property
    def saved_addresses(self) -> SavedAddresses:
        """Keep one address of a member who asks for it."""
        return SavedAddresses(self.clock, self.sealer, SavedAddressRows(self.sql))

    @cached_property
    def mail_mints(self) -> dict[str, Mint]:
        """What makes the secrets of a kind of mail when it is sent."""
        return mints_for(self.account_tokens)

    @cached_property
    def courier(self) -> Courier:
        """Deliver the outbox."""
        return Courier(
            mails=self.mails,
            letters=self.letters,
            transport=self.mail_transport,
            sender=self.mail_sender,
            clock=self.clock,
            mints=self.mail_mints,
        )
