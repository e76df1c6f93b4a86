"""Mail is posted with its cause and delivered at least once, no matter what fails in between."""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy.exc import InvalidRequestError

from app.container import Container
from app.extensions import db
from app.libs.clock import FrozenClock, epoch
from app.mail.mail import (
    BadMailError,
    FinalFailureError,
    Mail,
    Mailbox,
    NoLongerWantedError,
    TemporaryFailureError,
)
from app.mail.outbox import Recipient
from app.mail.rendering import ContextError
from app.mail.transports import MemoryTransport
from app.models.message import OutboxMail
from app.models.user import User
from app.services.operations.mail_delivery import (
    FIRST_PAUSE,
    KEPT_FOR,
    LEASE,
    LONGEST_PAUSE,
    MAX_ATTEMPTS,
    PendingMail,
    pause_after,
)
from tests.support.apps import NOON
from tests.support.rows import count_rows, list_rows

READER = Recipient(address="reader@example.org", name="渔夫", language="zh", user_id=7)


@pytest.fixture
def box(any_database_app: Flask) -> Iterator[Container]:
    """Yield the container of an app whose clock stands still, inside its context."""
    container: Container = any_database_app.extensions["container"]
    container.core.clock = FrozenClock(NOON)
    container.operations.secret_factories["confirm"] = lambda order: {
        "token": f"for-{order.id}-{order.attempts}",
        "hours": 48,
    }
    with any_database_app.app_context():
        yield container


def sent(box: Container) -> list[Mail]:
    transport = box.mail.transport
    assert isinstance(transport, MemoryTransport)
    return transport.sent


def fail_next(box: Container, *errors: Any) -> None:
    transport = box.mail.transport
    assert isinstance(transport, MemoryTransport)
    transport.fail_next = list(errors)


def advance(box: Container, by: timedelta) -> None:
    clock = box.core.clock
    assert isinstance(clock, FrozenClock)
    clock.advance(by)


def post(box: Container, kind: str = "password_changed", to: Recipient = READER) -> int:
    with db.auto_commit():
        return box.mail.outbox.post(kind, to)


def stored(*columns: str) -> tuple[Any, ...]:
    """Return some columns of the one mail in the outbox: state, attempts, problem, context and lease, unless others are named."""
    [mail] = list_rows(OutboxMail)
    return tuple(getattr(mail, name) for name in columns or ("state", "attempts", "problem", "context", "lease"))


def test_a_mail_is_sent_once_and_its_body_is_wiped(box: Container):
    post(box)
    assert (box.operations.mail_delivery.deliver_due().sent, box.operations.mail_delivery.deliver_due().sent) == (1, 0)
    [mail] = sent(box)
    assert (mail.recipient.address, mail.recipient.name) == ("reader@example.org", "渔夫")
    assert mail.subject == "[鱼书] 你的密码改了"
    assert stored() == ("sent", 1, "", "", None)


def test_a_mail_whose_cause_is_rolled_back_is_never_sent(box: Container):
    with pytest.raises(ZeroDivisionError), db.auto_commit():
        box.mail.outbox.post("password_changed", READER)
        _ = 1 / 0
    assert box.operations.mail_delivery.deliver_due().sent == 0
    assert count_rows(OutboxMail) == 0


def test_posting_outside_a_transaction_is_an_error_not_a_lost_mail(box: Container):
    with pytest.raises(InvalidRequestError, match="Autobegin is disabled"):
        box.mail.outbox.post("password_changed", READER)


@pytest.mark.parametrize(
    ("kind", "to", "error"),
    [
        ("unheard_of", READER, ContextError),
        ("password_changed", Recipient(address="reader"), BadMailError),
        ("password_changed", Recipient(address="a@b.org", name="x\r\nBcc: y@b.org"), BadMailError),
    ],
)
def test_a_mail_that_could_never_be_sent_is_refused_when_posted(box: Container, kind, to, error):
    with pytest.raises(error):
        post(box, kind, to)
    assert count_rows(OutboxMail) == 0


def test_a_secret_is_made_when_the_mail_is_sent_and_lies_in_no_table(box: Container):
    number = post(box, "confirm")
    assert stored("context") == ("{}",)
    fail_next(box, TemporaryFailureError("451"))
    box.operations.mail_delivery.deliver_due()
    advance(box, timedelta(hours=1))
    box.operations.mail_delivery.deliver_due()
    assert f"/confirm/for-{number}-2\n" in sent(box)[0].text


def test_the_same_message_id_goes_out_at_each_try(box: Container):
    post(box)
    (message_id,) = stored("message_id")
    fail_next(box, TemporaryFailureError("451"))
    box.operations.mail_delivery.deliver_due()
    advance(box, timedelta(hours=1))
    box.operations.mail_delivery.deliver_due()
    assert sent(box)[0].message_id == message_id
    assert message_id.endswith("@localhost")


def test_a_temporary_failure_is_tried_again_later_and_later(box: Container):
    post(box)
    fail_next(box, TemporaryFailureError("the mail server answered 451: greylisted"))
    assert box.operations.mail_delivery.deliver_due().postponed == 1
    assert stored("state", "attempts", "problem") == ("queued", 1, "the mail server answered 451: greylisted")
    advance(box, FIRST_PAUSE * 0.7)
    assert box.operations.mail_delivery.deliver_due().sent == 0
    advance(box, FIRST_PAUSE * 0.6)
    assert box.operations.mail_delivery.deliver_due().sent == 1


@pytest.mark.parametrize("of_five", [4, 6])
def test_pauses_double_up_to_six_hours_give_or_take_a_fifth(monkeypatch: pytest.MonkeyPatch, of_five: int):
    monkeypatch.setattr(random, "uniform", lambda low, high: min(max(of_five / 5, low), high))
    pauses = [pause_after(attempts) for attempts in range(1, MAX_ATTEMPTS)]
    doubled = [timedelta(seconds=of_five * 6 * 2**number) for number in range(10)]
    assert pauses == [*doubled, *[timedelta(hours=6) * of_five / 5] * (MAX_ATTEMPTS - 1 - 10)]


def test_two_pauses_of_a_kind_are_not_the_same():
    pauses = [pause_after(20).total_seconds() for _ in range(50)]
    assert min(pauses) < 0.9 * 6 * 3600 < 1.1 * 6 * 3600 < max(pauses)


def test_a_mail_is_given_up_at_the_last_pause_that_ends_within_three_days(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(random, "uniform", lambda _low, _high: 1)
    total = sum((pause_after(attempts) for attempts in range(1, MAX_ATTEMPTS)), timedelta())
    assert total <= timedelta(days=3) < total + LONGEST_PAUSE


#: What a try may come to, and the state in which it leaves the mail.
TRIES = {
    "sent": (None, "sent", ""),
    "postponed": (TemporaryFailureError("451 busy"), "queued", "451 busy"),
    "failed": (FinalFailureError("550 no such user"), "failed", "550 no such user"),
    "dropped": (NoLongerWantedError("it is over"), "dropped", ""),
}


@pytest.mark.parametrize("outcome", TRIES)
def test_each_try_is_counted_and_written_down_as_what_it_came_to(box: Container, outcome: str):
    error, state, problem = TRIES[outcome]
    post(box, "registered_again")
    if error is not None:
        fail_next(box, error)
    tally = box.operations.mail_delivery.deliver_due()
    assert asdict(tally) == dict.fromkeys(TRIES, 0) | {outcome: 1}
    is_over = outcome != "postponed"
    assert stored("state", "problem", "lease", "attempts", "context", "address", "name") == (
        *(state, problem, None, 1, "" if is_over else "{}"),
        *("reader@example.org", "渔夫"),
    )
    ended, due = stored("ended_at", "due_at")
    now = epoch(NOON)
    assert ended == (now if is_over else None)
    assert due == epoch(NOON + LEASE) if is_over else now + 24 <= due <= now + 36


@pytest.mark.parametrize(("posted", "wanted"), [(0, 1), (1, 0)])
def test_old_mails_are_deleted_ninety_days_after_their_end_and_not_before(box: Container, posted: int, wanted: int):
    post(box)
    box.operations.mail_delivery.deliver_due()
    advance(box, timedelta(days=90, seconds=posted))
    box.operations.mail_delivery.forget_old()
    assert count_rows(OutboxMail) == wanted


def test_a_problem_is_cut_to_what_its_column_holds(box: Container):
    post(box)
    fail_next(box, TemporaryFailureError("很" * 300))
    box.operations.mail_delivery.deliver_due()
    assert stored("problem") == ("很" * OutboxMail.__table__.columns["problem"].type.length,)


def test_a_mail_that_cannot_be_written_says_so_and_no_more(box: Container):
    def broken(order: PendingMail) -> dict[str, Any]:
        raise KeyError("what nobody need know")

    box.operations.secret_factories["confirm"] = broken
    post(box, "confirm")
    box.operations.mail_delivery.deliver_due()
    assert stored("state", "problem") == ("queued", "the letter could not be written")


def test_a_mail_is_posted_with_all_that_is_known_of_it(box: Container):
    context = {"title": "三体", "who": "老舍", "gift": 3}
    with db.auto_commit():
        number = box.mail.outbox.post("gift_listed", READER, context)
    columns = "id, user_id, address, name, language, kind, subject, state, attempts, due_at, create_time, ended_at"
    now = epoch(NOON)
    known = (7, "reader@example.org", "渔夫", "zh", "gift_listed", "[鱼书] 你想要的书来了")
    assert stored(*columns.split(", ")) == (number, *known, "queued", 0, now, now, None)
    assert json.loads(stored("context")[0]) == context
    assert "三体" in stored("context")[0], "an operator, and a test that looks for what must not be there, can read it"
    assert re.fullmatch(r"[0-9a-f]{32}@localhost", stored("message_id")[0])


def test_a_mail_goes_out_as_it_was_posted(box: Container):
    number = post(box, "confirm", Recipient(address="zoe@example.org", name="Zoë", language="en"))
    (message_id,) = stored("message_id")
    advance(box, timedelta(minutes=3))
    box.operations.mail_delivery.deliver_due()
    (mail,) = sent(box)
    wording = box.mail.renderer.word(
        "confirm", "en", {"name": "Zoë", "secret": {"token": f"for-{number}-1", "hours": 48}}
    )
    assert mail == Mail(
        message_id=message_id,
        sender=box.mail.sender,
        recipient=Mailbox("zoe@example.org", "Zoë"),
        subject=wording.subject,
        text=wording.text,
        html=wording.html,
        language="en",
        written_at=NOON + timedelta(minutes=3),
    )
    assert wording.text != wording.html


@pytest.mark.parametrize("context", [{}, {"title": "三体", "who": "老舍"}, None])
def test_a_mail_whose_words_lack_a_name_is_refused_when_posted(box: Container, context: dict[str, Any] | None):
    with pytest.raises(ContextError, match="gift"), db.auto_commit():
        box.mail.outbox.post("gift_listed", READER, context)
    assert count_rows(OutboxMail) == 0


@pytest.mark.parametrize("before", [0, 1, 2])
def test_a_worker_that_is_told_to_stop_sends_no_further_mail(box: Container, before: int):
    for _ in range(3):
        post(box)
    box.operations.mail_delivery.deliver_due(should_stop=lambda: len(sent(box)) >= before)
    assert len(sent(box)) == before


def test_what_comes_due_during_a_round_waits_for_the_next(box: Container, monkeypatch: pytest.MonkeyPatch):
    post(box)
    transport = box.mail.transport
    send = transport.send

    def be_slow(mail: Mail) -> None:
        advance(box, timedelta(minutes=1))
        if len(sent(box)) < 3:
            post(box)
        send(mail)

    monkeypatch.setattr(transport, "send", be_slow)
    assert box.operations.mail_delivery.deliver_due().sent == 1


@pytest.mark.parametrize("is_late", [False, True])
def test_a_lease_that_ran_out_while_a_mail_was_sent_is_logged(box: Container, *, is_late: bool):
    number = post(box)
    mail = box.operations.mail_delivery._take(number, lease="slow")
    assert mail is not None
    if is_late:
        advance(box, LEASE)
        assert box.operations.mail_delivery._take(number, lease="other") is not None
    with structlog.testing.capture_logs() as lines:
        box.operations.mail_delivery._mark(mail, box.operations.mail_delivery._try(mail))
    told = [(line["event"], line["mail"], line["kind"]) for line in lines]
    assert told == (
        [("the lease of a letter ran out while it was sent", number, "password_changed")] if is_late else []
    )


def test_a_mail_that_never_gets_through_is_given_up_and_says_why(box: Container):
    post(box)
    for _ in range(MAX_ATTEMPTS):
        fail_next(box, TemporaryFailureError("the mail server could not be reached: refused"))
        box.operations.mail_delivery.deliver_due()
        advance(box, timedelta(hours=8))
    assert stored() == ("failed", MAX_ATTEMPTS, "the mail server could not be reached: refused", "", None)


def test_a_final_failure_is_shown_and_not_tried_again(box: Container):
    post(box)
    fail_next(box, FinalFailureError("the mail server answered 550: no such user"))
    assert box.operations.mail_delivery.deliver_due().failed == 1
    advance(box, timedelta(days=1))
    assert box.operations.mail_delivery.deliver_due().sent == 0
    [entry] = box.mail.mails.list_to(7)
    assert (entry.state, entry.problem) == ("failed", "the mail server answered 550: no such user")


def test_one_mail_that_cannot_be_worded_does_not_hold_up_the_next(box: Container):
    def broken(order: PendingMail) -> dict[str, Any]:
        raise KeyError(order.kind)

    box.operations.secret_factories["confirm"] = broken
    post(box, "confirm")
    post(box)
    tally = box.operations.mail_delivery.deliver_due()
    assert (tally.sent, tally.postponed) == (1, 1)


def test_a_mail_that_nobody_needs_any_more_is_dropped(box: Container):
    def unwanted(order: PendingMail) -> dict[str, Any]:
        raise NoLongerWantedError

    box.operations.secret_factories["confirm"] = unwanted
    post(box, "confirm")
    assert box.operations.mail_delivery.deliver_due().dropped == 1
    assert stored("state") == ("dropped",)


def test_an_address_without_an_account_is_wiped_with_the_body(box: Container):
    post(box, to=replace(READER, user_id=None))
    assert box.operations.mail_delivery.deliver_due().sent == 1
    assert stored("state", "address", "name") == ("sent", "", "")


def test_a_mail_whose_worker_died_is_sent_by_another_when_the_lease_is_over(box: Container):
    number = post(box)
    order = box.operations.mail_delivery._take(number, lease="dead")
    assert order is not None
    assert box.operations.mail_delivery.deliver_due().sent == 0
    advance(box, LEASE)
    assert box.operations.mail_delivery.deliver_due().sent == 1


def test_a_worker_that_lost_its_lease_does_not_overwrite_what_the_other_did(box: Container):
    number = post(box)
    slow = box.operations.mail_delivery._take(number, lease="slow")
    assert slow is not None
    advance(box, LEASE)
    box.operations.mail_delivery.deliver_due()
    box.operations.mail_delivery._mark(slow, box.operations.mail_delivery._try(slow))
    assert stored("state", "attempts") == ("sent", 2)


@pytest.mark.parametrize(
    "error", [TemporaryFailureError("busy"), FinalFailureError("no such user"), NoLongerWantedError()]
)
def test_a_slow_worker_that_fails_takes_nothing_from_the_one_that_has_the_mail_now(box: Container, error: Exception):
    number = post(box)
    slow = box.operations.mail_delivery._take(number, lease="slow")
    assert slow is not None
    advance(box, LEASE)
    now = box.operations.mail_delivery._take(number, lease="now")
    assert now is not None
    fail_next(box, error)
    box.operations.mail_delivery._mark(slow, box.operations.mail_delivery._try(slow))
    assert stored("state", "attempts", "problem", "lease") == ("queued", 2, "", "now")
    assert box.operations.mail_delivery.deliver_due().sent == 0, "the lease holds"
    box.operations.mail_delivery._mark(now, box.operations.mail_delivery._try(now))
    assert stored() == ("sent", 2, "", "", None)


@pytest.mark.parametrize(
    "error", [TemporaryFailureError("busy"), FinalFailureError("no such user"), NoLongerWantedError()]
)
def test_a_slow_worker_that_fails_does_not_undo_what_another_has_sent(box: Container, error: Exception):
    number = post(box)
    slow = box.operations.mail_delivery._take(number, lease="slow")
    assert slow is not None
    advance(box, LEASE)
    assert box.operations.mail_delivery.deliver_due().sent == 1
    before = stored()
    fail_next(box, error)
    box.operations.mail_delivery._mark(slow, box.operations.mail_delivery._try(slow))
    assert stored() == before
    advance(box, LONGEST_PAUSE * 2)
    assert box.operations.mail_delivery.deliver_due().sent == 0
    assert len(sent(box)) == 1


def test_two_workers_at_once_send_each_mail_once(any_database_app: Flask, box: Container):
    for _ in range(40):
        post(box)
    start = threading.Barrier(4)

    def work(_number: int) -> int:
        with any_database_app.app_context():
            start.wait()
            return box.operations.mail_delivery.deliver_due().sent

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(work, range(4))) == 40
    assert len(sent(box)) == len({mail.message_id for mail in sent(box)}) == 40


def test_a_member_sees_their_own_mail_newest_first(box: Container):
    first = post(box)
    post(box, to=Recipient(address="other@example.org", user_id=8))
    second = post(box, "registered_again")
    box.operations.mail_delivery.deliver_due()
    entries = box.mail.mails.list_to(7)
    assert [(entry.id, entry.state) for entry in entries] == [(second, "sent"), (first, "sent")]
    assert entries[0].subject == "[鱼书] 你已经有鱼书账号了"
    assert entries[0].posted_at == entries[0].ended_at == NOON


class TestMembers:
    """Notices go to members who want them, in their language."""

    def member(self, **changes: Any) -> int:
        values = {"email": "zoe@example.org", "nickname": "Zoë", "language": "en"} | changes
        with db.auto_commit() as session:
            user = User(email_key=values["email"], nickname_key=values["nickname"], password_hash="x", **values)
            session.add(user)
            session.flush()
            return int(user.id)

    def notify(self, box: Container, user_id: int) -> int | None:
        with db.auto_commit():
            return box.mail.outbox.post_to_member(user_id, "password_changed")

    def test_in_their_language(self, box: Container):
        user_id = self.member()
        self.notify(box, user_id)
        box.operations.mail_delivery.deliver_due()
        [mail] = sent(box)
        assert (mail.subject, mail.recipient.name) == ("[鱼书] Your password has been changed", "Zoë")
        assert len(box.mail.mails.list_to(user_id)) == 1

    @pytest.mark.parametrize("changes", [{"wants_mail": 0}, {"disabled_at": 1}, {"status": 0}])
    def test_not_if_they_want_none_or_are_gone(self, box: Container, changes: dict[str, int]):
        assert self.notify(box, self.member(**changes)) is None
        assert self.notify(box, 12345) is None
        assert count_rows(OutboxMail) == 0

    def test_a_member_can_be_forgotten(self, box: Container):
        user_id = self.member()
        self.notify(box, user_id)
        post(box)
        with db.auto_commit():
            box.mail.outbox.forget_member(user_id)
        assert box.mail.mails.list_to(user_id) == ()
        assert len(box.mail.mails.list_to(7)) == 1


def test_old_mails_are_deleted_and_waiting_ones_are_not(box: Container):
    post(box)
    box.operations.mail_delivery.deliver_due()
    advance(box, KEPT_FOR + timedelta(seconds=1))
    post(box)
    advance(box, KEPT_FOR)
    assert box.operations.mail_delivery.forget_old() == 1
    assert stored("state") == ("queued",)
