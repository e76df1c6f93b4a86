"""The outbox: post a mail in the transaction that gives cause for it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete

from app.extensions import db
from app.libs.clock import Clock, epoch
from app.mail.mail import Mailbox
from app.mail.rendering import Renderer
from app.models.message import OutboxMail
from app.models.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom a mail goes to. `user_id` is None for an address without an account; `language` is ``zh`` or ``en``."""

    address: str
    name: str = ""
    language: str = "zh"
    user_id: int | None = None


class Outbox:
    """Takes mails; the worker sends them after the transaction is committed."""

    def __init__(self, *, renderer: Renderer, clock: Clock, sender: Mailbox) -> None:
        self._renderer = renderer
        self._clock = clock
        self._domain = sender.as_header().domain

    def post(self, kind: str, to: Recipient, context: Mapping[str, Any] | None = None) -> int:
        """Write the mail's row into the caller's open `auto_commit` block and give its id.

        :param kind: the name of a folder in ``app/mail/messages``.
        :param context: what the templates need, plain JSON values; secrets are made at sending, see `app.mail`.
        :raises ContextError: when the kind has no templates or the context lacks a name.
        :raises BadMailError: when the address cannot be written to.
        :raises sqlalchemy.exc.InvalidRequestError: outside a transaction.
        """
        filled = dict(context or {})
        self._renderer.ensure_complete(kind, to.language, filled)
        Mailbox(to.address, to.name)
        subject = self._renderer.subject(kind, to.language, {**filled, "name": to.name})
        now = epoch(self._clock.now())
        row = OutboxMail(
            message_id=f"{uuid.uuid4().hex}@{self._domain}",
            user_id=to.user_id,
            address=to.address,
            name=to.name,
            language=to.language,
            kind=kind,
            subject=subject,
            context=json.dumps(filled, ensure_ascii=False),
            due_at=now,
            create_time=now,
        )
        db.session.add(row)
        # Now, so that posting outside a transaction fails here instead of losing the mail.
        db.session.flush()
        return row.id

    def post_to_member(self, user_id: int, kind: str, context: Mapping[str, Any] | None = None) -> int | None:
        """Post a notice to a member in their language; None, and nothing, for those who want no mail or are gone.

        Raises as `post` does. Mails about the account itself (reset, confirmation) go by `post`, wished for or not.
        """
        user = db.session.get(User, user_id)
        if user is None or not user.wants_mail or user.disabled_at is not None:
            return None
        return self.post(kind, recipient_of(user), context)

    def forget_member(self, user_id: int) -> None:
        """Take back what was not sent to this member and delete what the outbox knows of them."""
        db.session.execute(delete(OutboxMail).where(OutboxMail.user_id == user_id))


def recipient_of(user: User) -> Recipient:
    """Return whom a mail to this member goes to."""
    return Recipient(address=user.email, name=user.nickname, language=user.language, user_id=user.id)
