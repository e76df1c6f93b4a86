"""What members change about themselves: nickname, language, mail wishes, e-mail address; and what operators give."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from app import events
from app.domain.account import LinkExpired, NoSuchMember, Role, fold_key
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.mail.outbox import Outbox, Recipient, recipient_of
from app.models.user import User
from app.services.members.account_tokens import AccountTokens
from app.services.members.marks import Marks
from app.services.members.nicknames import Nicknames
from app.services.unit_of_work import use_case


def get_by_email(email: str) -> User:
    """Return the row of the member with this address, inside a transaction.

    :raises NoSuchMember: for an unknown address.
    """
    user: User | None = User.query.filter_by(email_key=fold_key(email)).one_or_none()
    if user is None:
        raise NoSuchMember(email=email)
    return user


class Profiles:
    """Change what is stored of a member."""

    def __init__(
        self, *, clock: Clock, nicknames: Nicknames, tokens: AccountTokens, outbox: Outbox, marks: Marks
    ) -> None:
        self._clock = clock
        self._nicknames = nicknames
        self._tokens = tokens
        self._outbox = outbox
        self._marks = marks

    @use_case
    def change(self, user_id: int, *, nickname: str, language: str, wants_mail: bool) -> None:
        """Store a member's nickname, language and mail wishes.

        :raises NicknameTaken: :raises NicknameReserved: as `Nicknames.rename`.
        """
        user = db.session.get_one(User, user_id)
        self._nicknames.rename(user, nickname)
        user.language, user.wants_mail = language, int(wants_mail)
        events.profile_changed.publish(member=user_id)

    @use_case
    def ask_for_email(self, user_id: int, email: str) -> None:
        """Post a link to the new address. A taken address gets a mail of its own kind; the page does not tell."""
        user = db.session.get_one(User, user_id)
        owner = User.query.filter_by(email_key=fold_key(email)).one_or_none()
        if owner is not None:
            if owner.id != user.id:
                self._outbox.post("registered_again", recipient_of(owner))
            return
        to = Recipient(address=email, name=user.nickname, language=user.language, user_id=user.id)
        self._outbox.post("email_change", to)

    def change_email(self, token: str) -> int:
        """Put the confirmed new address in place, tell the old one, whose links die, and give the member's number.

        :raises LinkExpired: when the link no longer works, or the address went to somebody else meanwhile.
        """
        try:
            return self._move(token)
        except IntegrityError:
            raise LinkExpired from None

    @use_case
    def promote(self, email: str, role: Role) -> str:
        """Set the role of a member, and return their nickname.

        :raises NoSuchMember: for an unknown address.
        """
        user = get_by_email(email)
        user.role = role
        db.session.flush()
        events.role_given.publish(member=user.id, role=role)
        return user.nickname

    @use_case
    def make_reset_link(self, email: str) -> str:
        """Make a link that resets a member's password, for an operator to hand over; gives its token.

        :raises NoSuchMember: for an unknown address.
        """
        return self._tokens.make("reset", get_by_email(email).id)

    @use_case
    def _move(self, token: str) -> int:
        """Move an account to the address that the link is about."""
        link = self._tokens.use("email", token)
        user = db.session.get_one(User, link.user_id)
        self._outbox.post("email_changed", recipient_of(user))
        user.email, user.email_key = link.email, fold_key(link.email)
        if user.confirmed_at is None:
            user.confirmed_at = epoch(self._clock.now())
            events.member_confirmed.publish(member=user.id)
        events.email_changed.publish(member=user.id)
        self._tokens.forget_all(user.id)
        db.session.flush()
        self._marks.add(user.id, link.email)
        return user.id
