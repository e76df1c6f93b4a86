"""Drifts: ask for a copy, answer, post, receive; each transition is one transaction."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.db.database import rows_touched
from app.domain.drift import TRANSITIONS, Act, DriftState, Party, WrongParty, transfers_of
from app.domain.drift_deadlines import (
    CLAIM_REST_DAYS,
    act_of_claim,
    answer_due,
    due_after_delay,
    due_after_opening,
    ensure_may_open_address,
    ensure_may_take_back,
    next_reminder,
    reminders_due,
)
from app.domain.drift_request import HandoverOnly, PostalRecipient, Requester, TooLate, ensure_may_request
from app.domain.exchange_policy import DAY
from app.domain.gift import GiftNotFound, Pause, Postage
from app.domain.meeting import ensure_may_meet
from app.domain.moderation import ensure_not_suspended
from app.extensions import db
from app.libs.clock import epoch
from app.libs.encryption import Sealer
from app.models.drift import Drift, DriftAddress
from app.models.gift import Gift
from app.queries.book import BookQueries
from app.queries.exchange_stats import MemberStats
from app.queries.holiday import HolidayQueries
from app.queries.member_block import BlockQueries
from app.services.exchange.drift_transitions import DriftTransitions, facts_of
from app.services.exchange.gift_states import GiftStates
from app.services.exchange.saved_addresses import SavedAddresses
from app.services.exchange.tools import ExchangeTools
from app.services.unit_of_work import RaceLostError, use_case

_BEGIN = TRANSITIONS[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a requester writes: a recipient, or None to meet in person; a message; and whether to keep the recipient for next time."""

    recipient: PostalRecipient | None
    message: str = ""
    remember: bool = False


class Drifts:
    """The use cases of a drift. A member who is no party finds no drift."""

    def __init__(
        self,
        tools: ExchangeTools,
        *,
        states: GiftStates,
        transitions: DriftTransitions,
        books: BookQueries,
        sealer: Sealer,
        saved_addresses: SavedAddresses,
        holidays: HolidayQueries,
        blocks: BlockQueries,
    ) -> None:
        self._tools = tools
        self._blocks = blocks
        self._holidays = holidays
        self._clock = tools.clock
        self._states = states
        self._transitions = transitions
        self._books = books
        self._sealer = sealer
        self._saved_addresses = saved_addresses

    def ensure_may_request(self, requester_id: int, gift_id: int) -> None:
        """Check, before a form is filled, that a member may ask for a gift; this only reads.

        :raises Suspended: :raises Refusal: as `app.domain.drift_request.ensure_may_request`.
        """
        self._ensure_may_request(requester_id, gift_id)

    def request(self, requester_id: int, gift_id: int, ask: Ask) -> int:
        """Ask for a gift: reserve it, put the bean into escrow, tell the giver; give the drift's id.

        :raises Refusal: as `app.domain.drift_request.ensure_may_request`; `TooLate` also when somebody is faster meanwhile.
        """
        try:
            return self._request(requester_id, gift_id, ask)
        except IntegrityError as error:
            if "open_gift_id" not in str(error.orig):
                raise
            raise TooLate(others=0) from None

    @use_case
    def reject(self, giver_id: int, drift_id: int, *, reason: str) -> None:
        """Decline a request ("not this time"), with a reason.

        The conversation of a giver with a reader whom they have blocked is closed: their reason is dropped.

        :raises DriftNotFound: :raises WrongParty: :raises WrongState: :raises AlreadyDone: as the state table says.
        """
        row, party = self._load(giver_id, drift_id)
        silent = self._blocks.has_blocked(giver_id, row.requester_id)
        self._transitions.apply(row, Act.REJECT, party, reason="" if silent else reason)

    @use_case
    def withdraw(self, requester_id: int, drift_id: int) -> None:
        """Take a request back.

        :raises WithdrawTooSoon: in the week after the giver opened the address, unless they are away. Else as `reject`.
        """
        row, party = self._load(requester_id, drift_id)
        if party is Party.REQUESTER and row.state == DriftState.WAITING:
            away = self._holidays.list_away({row.giver_id}, now=self._now())
            ensure_may_take_back(facts_of(row), self._now(), away=bool(away))
        self._transitions.apply(row, Act.WITHDRAW, party)

    def post(self, giver_id: int, drift_id: int, *, carrier: str = "", tracking: str = "") -> None:
        """Record that the book is on its way, or that the two have met. Raises as `reject`."""
        self._step(giver_id, drift_id, Act.MAIL, carrier=carrier, tracking=tracking)

    def receive(self, requester_id: int, drift_id: int) -> None:
        """Record that the book has arrived; the bean goes to the giver. Raises as `reject`."""
        self._step(requester_id, drift_id, Act.RECEIVE, confirmed_by_reader=1)

    @use_case
    def claim_lost(self, requester_id: int, drift_id: int) -> DriftState:
        """Record that the book did not arrive: lost at once, or looked at by a moderator; return which. Raises as `reject`."""
        row, party = self._load(requester_id, drift_id)
        if party is not Party.REQUESTER:
            raise WrongParty
        now = self._now()
        self._tools.ledger.lock_person(requester_id)
        claims = self._tools.facts.count_claims(requester_id, since=now - CLAIM_REST_DAYS * DAY)
        act = act_of_claim(facts_of(row), now, recent_claims=claims)
        self._transitions.apply(row, act, party, claimed_at=now)
        return DriftState.LOST if act is Act.LOSE else DriftState.DISPUTED

    def take_back(self, giver_id: int, drift_id: int) -> None:
        """Record that the parcel came back to the giver. Raises as `reject`."""
        self._step(giver_id, drift_id, Act.RETURN)

    @use_case
    def delay(self, requester_id: int, drift_id: int, *, seen: int | None = None) -> None:
        """Record "still on its way": fifteen days more, twice.

        :param seen: how many delays the page showed, by which a second tap of one button is known.
        :raises NoMoreDelays: after the second. Else as `reject`.
        """
        row, party = self._load(requester_id, drift_id)
        due = due_after_delay(facts_of(row), party, seen=seen)
        mailed = row.mailed_at or 0
        reminded = min(row.reminded, reminders_due(DriftState.MAILED, mailed, due, self._now()))
        remind_at = next_reminder(DriftState.MAILED, mailed, due, reminded)
        changes = {"due_at": due, "delays": row.delays + 1, "reminded": reminded, "remind_at": remind_at}
        self._update(row, Drift.delays == row.delays, **changes)
        self._transitions.note(row, "delayed", party)
        self._tools.notices.tell(row.giver_id, "drift_delayed", row)

    def open_address(self, member_id: int, drift_id: int) -> PostalRecipient:
        """Show where the book goes. Each opening by the giver is recorded, and the requester is told of the first.

        :raises DriftNotFound: :raises NoAddress: :raises AddressClosed: :raises TooManyOpened: as the rules say.
        """
        return PostalRecipient(**self._sealer.unseal(self._open_sealed(member_id, drift_id)))

    @use_case
    def _open_sealed(self, member_id: int, drift_id: int) -> str:
        row, party = self._load(member_id, drift_id)
        giver_id = row.giver_id
        self._tools.ledger.lock(giver_id)
        drift = facts_of(row)
        ensure_may_open_address(
            drift,
            party,
            opened_now=self._tools.facts.count_opened(giver_id, but=row.id),
            newcomer=self._tools.facts.get_standing(giver_id).sent == 0,
        )
        if party is Party.GIVER:
            self._record_opening(row, due_after_opening(drift))
        return db.session.get_one(DriftAddress, row.id).sealed

    @use_case
    def _step(self, member_id: int, drift_id: int, act: Act, /, **values: Any) -> None:
        row, party = self._load(member_id, drift_id)
        self._transitions.apply(row, act, party, **values)

    def _load(self, member_id: int, drift_id: int) -> tuple[Drift, Party]:
        row = self._transitions.load(drift_id)
        return row, facts_of(row).party_of(member_id)

    @use_case
    def _request(self, requester_id: int, gift_id: int, ask: Ask) -> int:
        self._tools.ledger.lock_person(requester_id)
        requester = self._ensure_may_request(requester_id, gift_id, in_person=ask.recipient is None)
        gift = db.session.get(Gift, gift_id)
        book = self._books.find(gift.isbn13) if gift is not None else None
        if gift is None or book is None:
            raise GiftNotFound
        if gift.postage == Postage.MEET and ask.recipient is not None:
            raise HandoverOnly
        now = self._now()
        self._reserve(requester_id, gift)
        due = answer_due(now, self._tools.policy)
        row = Drift(
            gift_id=gift.id,
            open_gift_id=gift.id,
            isbn13=gift.isbn13,
            title=book.facts.title,
            authors=";".join(book.facts.authors),
            requester_id=requester_id,
            giver_id=gift.user_id,
            requester_name=requester.nickname,
            giver_name=self._tools.facts.get_standing(gift.user_id).nickname,
            handover=int(ask.recipient is None),
            message=ask.message,
            due_at=due,
            remind_at=next_reminder(DriftState.WAITING, now, due, 0),
            create_time=now,
        )
        db.session.add(row)
        db.session.flush()
        db.session.refresh(row)
        if ask.recipient is not None:
            self._seal(row.id, ask.recipient)
            if ask.remember:
                self._saved_addresses.keep(requester_id, ask.recipient)
        for transfer in transfers_of(_BEGIN, facts_of(row), cover=False):
            self._tools.ledger.enter(transfer)
        self._transitions.note(row, DriftState.WAITING.value, Party.REQUESTER)
        self._tools.notices.tell(row.giver_id, "drift_requested", row)
        return row.id

    def _ensure_may_request(self, requester_id: int, gift_id: int, *, in_person: bool = False) -> MemberStats:
        now = self._now()
        standing = self._tools.facts.get_standing(requester_id)
        ensure_not_suspended(standing.suspended_until, now)
        asked = self._tools.facts.find_request(requester_id, gift_id, now=now)
        if asked is None:
            raise GiftNotFound
        ensure_may_request(
            asked,
            Requester(
                id=requester_id,
                confirmed=standing.confirmed,
                balance=standing.balance,
                received=standing.received,
                sent=standing.sent,
                open_drifts=standing.open_drifts,
                own=self._tools.persons.are_one(requester_id, asked.giver_id),
                same_book=self._tools.facts.has_asked_for(requester_id, asked.isbn13, asked.work_id),
                losses=standing.lost_in,
                parcels=standing.parcels_in,
            ),
            self._tools.policy,
        )
        if in_person or asked.postage == Postage.MEET:
            ensure_may_meet(self._tools.facts.list_meetings(requester_id), now)
        return standing

    def _reserve(self, requester_id: int, gift: Gift) -> None:
        """Take the gift, also one that rests for a holiday which is over; of two who reach for it at once the database lets one have it."""
        if gift.pause == Pause.HOLIDAY:
            self._states.end_holiday_of(gift.id)
        if not self._states.reserve(gift.id):
            others = self._tools.facts.count_other_gifts(requester_id, gift.isbn13, gift.work_id, but=gift.id)
            raise TooLate(others=others, isbn13=gift.isbn13)

    def _seal(self, drift_id: int, recipient: PostalRecipient) -> None:
        sealed = self._sealer.seal(asdict(recipient))
        db.session.add(DriftAddress(drift_id=drift_id, sealed=sealed, create_time=self._now()))

    def _record_opening(self, row: Drift, due: int | None) -> None:
        if row.opened_at is None:
            self._update(row, Drift.opened_at.is_(None), opened_at=self._now(), due_at=due)
            self._tools.notices.tell(row.requester_id, "address_opened", row)
        self._transitions.note(row, "opened", Party.GIVER)

    @staticmethod
    def _update(row: Drift, unchanged: Any, **values: Any) -> None:
        changed = db.session.execute(
            update(Drift)
            .where(Drift.id == row.id, Drift.state == row.state, unchanged)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        if not rows_touched(changed):
            raise RaceLostError
        db.session.refresh(row)

    def _now(self) -> int:
        return epoch(self._clock.now())
