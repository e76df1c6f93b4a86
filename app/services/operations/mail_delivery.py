"""Delivery of mail: take due mails out of the outbox and hand them to the transport.

Each mail goes through three steps, the first and last a transaction of their own: take it (a lease, committed), send it,
mark it. A crash in between means that the lease runs out and the mail is sent by somebody else, with the same
Message-ID: at least once, never lost. While a lease holds nobody else takes the mail.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import update

from app.db.database import rows_touched
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.mail.mail import BadMailError, FinalFailureError, Mail, Mailbox, MailError, NoLongerWantedError
from app.mail.rendering import Renderer
from app.mail.transports import Transport
from app.models.message import OutboxMail
from app.queries.message import MailQueries
from app.services.operations.purging import sweep
from app.services.unit_of_work import use_case

#: Longer than the longest conversation with a mail server (`SmtpTransport`'s patience), or a mail goes out twice.
LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=6)
#: With the pauses above: given up after about three days.
MAX_ATTEMPTS = 21
KEPT_FOR = timedelta(days=90)

_BATCH = 20
_PROBLEM_LENGTH = 255
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingMail:
    """A mail to be sent, as a mint sees it."""

    id: int
    lease: str
    message_id: str
    user_id: int | None
    address: str
    name: str
    language: str
    kind: str
    context: Mapping[str, Any]
    attempts: int


#: Makes, at the moment of sending, what must not lie in the database in the open: the templates find it as ``secret``.
#: It is asked again at each try, and may open a transaction. `NoLongerWantedError` drops the mail.
SecretFactory = Callable[[PendingMail], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a try came to: sent, postponed, failed or dropped, and why, in one line."""

    state: str
    problem: str = ""


@dataclass(slots=True)
class Tally:
    """What a round of deliveries came to."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0
    dropped: int = 0


class MailDelivery:
    """Delivers the outbox."""

    def __init__(
        self,
        *,
        mails: MailQueries,
        renderer: Renderer,
        transport: Transport,
        sender: Mailbox,
        clock: Clock,
        secret_factories: Mapping[str, SecretFactory],
    ) -> None:
        self._mails = mails
        self._renderer = renderer
        self._transport = transport
        self._sender = sender
        self._clock = clock
        self._secret_factories = secret_factories

    def deliver_due(self, *, should_stop: Callable[[], bool] = lambda: False) -> Tally:
        """Send every mail that is due now, one after the other; what becomes due meanwhile waits for the next round."""
        tally = Tally()
        begun = self._clock.now()
        while not should_stop() and (due := self._mails.list_due(begun, limit=_BATCH)):
            for number in due:
                if should_stop():
                    break
                self._deliver(number, tally)
        return tally

    def forget_old(self) -> int:
        """Delete mails that ended more than `KEPT_FOR` ago and return their number."""
        return sweep(self._clock, OutboxMail, OutboxMail.ended_at < epoch(self._clock.now() - KEPT_FOR))

    def _deliver(self, number: int, tally: Tally) -> None:
        mail = self._take(number, lease=uuid.uuid4().hex)
        if mail is None:
            return
        outcome = self._try(mail)
        self._mark(mail, outcome)
        setattr(tally, outcome.state, getattr(tally, outcome.state) + 1)
        _log.info("mail", outcome=outcome.state, mail=mail.id, kind=mail.kind, attempts=mail.attempts)

    @use_case
    def _take(self, number: int, *, lease: str) -> PendingMail | None:
        """Lease a due mail; None when another worker was faster."""
        now = self._clock.now()
        taken = db.session.execute(
            update(OutboxMail)
            .where(OutboxMail.id == number, OutboxMail.state == "queued", OutboxMail.due_at <= epoch(now))
            .values(lease=lease, due_at=epoch(now + LEASE), attempts=OutboxMail.attempts + 1)
        )
        if not rows_touched(taken):
            return None
        row = db.session.get_one(OutboxMail, number)
        return PendingMail(
            id=row.id,
            lease=lease,
            message_id=row.message_id,
            user_id=row.user_id,
            address=row.address,
            name=row.name,
            language=row.language,
            kind=row.kind,
            context=json.loads(row.context),
            attempts=row.attempts,
        )

    def _try(self, mail: PendingMail) -> _Outcome:
        """Word the mail and hand it over; no transaction is open meanwhile."""
        try:
            self._transport.send(self._compose(mail))
        except NoLongerWantedError:
            return _Outcome("dropped")
        except (FinalFailureError, BadMailError) as error:
            return _Outcome("failed", str(error))
        except Exception as error:  # noqa: BLE001 - a mail that cannot be worded must not hold up all the others
            if isinstance(error, MailError):
                problem = str(error)
            else:
                problem = "the letter could not be written"
                _log.exception("letter cannot be written", mail=mail.id, kind=mail.kind)
            return _Outcome("failed" if mail.attempts >= MAX_ATTEMPTS else "postponed", problem)
        return _Outcome("sent")

    def _compose(self, mail: PendingMail) -> Mail:
        mint = self._secret_factories.get(mail.kind)
        context = {**mail.context, "name": mail.name}
        if mint is not None:
            context["secret"] = mint(mail)
        wording = self._renderer.word(mail.kind, mail.language, context)
        return Mail(
            message_id=mail.message_id,
            sender=self._sender,
            recipient=Mailbox(mail.address, mail.name),
            subject=wording.subject,
            text=wording.text,
            html=wording.html,
            language=mail.language,
            written_at=self._clock.now(),
        )

    def _mark(self, mail: PendingMail, outcome: _Outcome) -> None:
        """Write down what became of a mail, unless its lease ran out and somebody else has it."""
        now = self._clock.now()
        changes: dict[str, Any] = {"lease": None, "problem": outcome.problem[:_PROBLEM_LENGTH]}
        if outcome.state == "postponed":
            changes["due_at"] = epoch(now + pause_after(mail.attempts))
        else:
            changes |= {"state": outcome.state, "ended_at": epoch(now), "context": ""}
            if mail.user_id is None:  # nobody's list shows it: the address has served its purpose
                changes |= {"address": "", "name": ""}
        if not self._change(mail, changes):
            _log.warning("the lease of a letter ran out while it was sent", mail=mail.id, kind=mail.kind)

    @use_case
    def _change(self, mail: PendingMail, changes: dict[str, Any]) -> bool:
        mine = update(OutboxMail).where(OutboxMail.id == mail.id, OutboxMail.lease == mail.lease)
        return bool(rows_touched(db.session.execute(mine.values(**changes))))


def pause_after(attempts: int) -> timedelta:
    """How long to wait after this many tries: doubling, bounded, give or take a fifth so that mails do not return in step."""
    pause: timedelta = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing
