"""Every way out of the house keeps the same promises."""

from __future__ import annotations

import io
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest

from app.mail.mail import BadMailError, FinalFailureError, Mail, Mailbox, TemporaryFailureError
from app.mail.smtp import SmtpTransport
from app.mail.transports import ConsoleTransport, MemoryTransport, Transport, transport_for
from config.mail_url import MailUrl
from tests.support.mail_servers import (
    Postbox,
    drip,
    hang_up_after_data,
    mail_server,
    rude_server,
    say_nothing,
    tls_contexts,
)
from tests.support.patience import SOON

SUBJECT = "[鱼书] 有人想要一本书：《三体》、" + "很长很长的书名" * 12
NAMES = ["渔夫", '小鱼, "豆" <豆豆>', "Zoë O'Hara", "", "一" * 40]


def a_mail(**changes: Any) -> Mail:
    facts: dict[str, Any] = {
        "message_id": "0123abcd@yushu.example",
        "sender": Mailbox("post@yushu.example", "鱼书"),
        "recipient": Mailbox("reader@example.org", "渔夫"),
        "subject": SUBJECT,
        "text": "渔夫，你好！\n\nhttps://yushu.example/pending\n.\n一行只有一个点。\n" + "长" * 2000 + "\n",
        "html": "<p>渔夫，你好！</p>",
        "language": "zh",
        "written_at": datetime(2026, 11, 21, 8, 0, tzinfo=UTC),
    }
    return Mail(**(facts | changes))


class Delivered:
    """A transport and a look at what came out at its other end, as (subject, text) pairs."""

    def __init__(
        self, transport: Transport, seen: Callable[[], list[tuple[str, str]]], break_it: Callable[[], None]
    ) -> None:
        self.transport, self.seen, self.break_it = transport, seen, break_it


@contextmanager
def memory() -> Iterator[Delivered]:
    transport = MemoryTransport()
    yield Delivered(
        transport,
        lambda: [(sent.subject, sent.text) for sent in transport.sent],
        lambda: transport.fail_next.append(TemporaryFailureError("told to fail")),
    )


@contextmanager
def console() -> Iterator[Delivered]:
    stream = io.StringIO()
    shown: list[tuple[str, str]] = []

    def seen() -> list[tuple[str, str]]:
        head, _, text = stream.getvalue().partition("\n\n")
        shown.append((head.partition("Subject: ")[2].split("\n")[0], text.rpartition("\n─")[0] + "\n"))
        return shown

    yield Delivered(ConsoleTransport(stream), seen, stream.close)


@contextmanager
def smtp() -> Iterator[Delivered]:
    with mail_server() as (port, postbox):
        yield Delivered(
            smtp_transport(port),
            lambda: [(str(mail["Subject"]), text_of(mail)) for mail in postbox.messages()],
            lambda: postbox.data_answers.append("451 try later"),
        )


def smtp_transport(port: int, **options: Any) -> SmtpTransport:
    context = options.pop("tls_context", None)
    times = {name: options.pop(name) for name in ("timeout", "patience") if name in options}
    server = MailUrl(**({"scheme": "smtp", "host": "127.0.0.1", "port": port} | options))
    return SmtpTransport(server, tls_context=context, **({"timeout": 3.0} | times))


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def shown_mailbox(mail: EmailMessage) -> tuple[str, str]:
    """Read the recipient as RFC 2047 6.2 says: blanks between two encoded words do not count.

    Python's own parser of addresses leaves them in, so the older one is asked.
    """
    name, address = parseaddr(str(message_from_bytes(mail.as_bytes(), policy=compat32)["To"]))
    return str(make_header(decode_header(name))), address


@pytest.fixture(params=[memory, console, smtp])
def delivered(request: pytest.FixtureRequest) -> Iterator[Delivered]:
    with request.param() as one:
        yield one


def test_a_mail_arrives_once_with_its_words_unharmed(delivered: Delivered) -> None:
    sent = a_mail()
    delivered.transport.send(sent)
    assert delivered.seen() == [(sent.subject, sent.text)]


def test_a_transport_that_cannot_deliver_says_so_and_may_be_tried_again(delivered: Delivered) -> None:
    delivered.break_it()
    with pytest.raises(TemporaryFailureError):
        delivered.transport.send(a_mail())


@pytest.mark.parametrize("evil", ["a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\x00b", "a\u2028b", "a\x85b"])
def test_a_line_break_never_gets_into_a_header(evil: str) -> None:
    with pytest.raises(BadMailError):
        a_mail(subject=evil)
    with pytest.raises(BadMailError):
        a_mail(message_id=evil)
    with pytest.raises(BadMailError):
        Mailbox("reader@example.org", evil)
    with pytest.raises(BadMailError):
        Mailbox(f"{evil}@example.org")
    with pytest.raises(BadMailError):
        Mailbox.parse(f"{evil} <reader@example.org>")


@pytest.mark.parametrize(
    "address", ["", "reader", "@example.org", "reader@", "a b@example.org", "a@b,c@d", "x" * 250 + "@a.org"]
)
def test_what_is_not_an_address_is_refused(address: str) -> None:
    with pytest.raises(BadMailError):
        Mailbox(address)


def test_a_sender_with_a_name_is_read() -> None:
    assert Mailbox.parse("鱼书 <post@yushu.example>") == Mailbox("post@yushu.example", "鱼书")


class TestSmtp:
    """What only a conversation with a server can go wrong in."""

    @pytest.fixture
    def server(self) -> Iterator[tuple[int, Postbox]]:
        with mail_server() as both:
            yield both

    @pytest.mark.parametrize("name", NAMES)
    def test_names_and_long_subjects_come_out_as_they_went_in(self, server: tuple[int, Postbox], name: str) -> None:
        port, postbox = server
        smtp_transport(port).send(a_mail(recipient=Mailbox("reader@example.org", name)))
        [mail] = postbox.messages()
        assert shown_mailbox(mail) == (name, "reader@example.org")
        assert mail["Subject"] == SUBJECT
        assert (mail["Message-ID"], mail["Auto-Submitted"]) == ("<0123abcd@yushu.example>", "auto-generated")
        assert max(map(len, postbox.envelopes[0].content.split(b"\r\n"))) <= 998  # type: ignore[union-attr]

    def test_the_mail_has_a_text_and_an_html_part(self, server: tuple[int, Postbox]) -> None:
        port, postbox = server
        smtp_transport(port).send(a_mail())
        [mail] = postbox.messages()
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]

    def test_a_domain_with_chinese_letters_is_sent_in_ascii(self, server: tuple[int, Postbox]) -> None:
        port, postbox = server
        smtp_transport(port).send(a_mail(recipient=Mailbox("reader@鱼书.example")))
        assert postbox.envelopes[0].rcpt_tos == ["reader@xn--1jqq71q.example"]

    def test_a_local_part_that_the_server_cannot_take_is_final(self, server: tuple[int, Postbox]) -> None:
        with pytest.raises(FinalFailureError, match="cannot take"):
            smtp_transport(server[0]).send(a_mail(recipient=Mailbox("读者@example.org")))

    @pytest.mark.parametrize("answers", ["data_answers", "recipient_answers"])
    def test_a_4xx_is_temporary_and_a_5xx_final(self, server: tuple[int, Postbox], answers: str) -> None:
        port, postbox = server
        setattr(postbox, answers, ["451 greylisted", "550 no such user"])
        with pytest.raises(TemporaryFailureError, match="451: greylisted"):
            smtp_transport(port).send(a_mail())
        with pytest.raises(FinalFailureError, match="550: no such user"):
            smtp_transport(port).send(a_mail())
        smtp_transport(port).send(a_mail())
        assert len(postbox.envelopes) == 1

    def test_a_closed_port_is_temporary(self) -> None:
        with rude_server(say_nothing) as port:
            pass
        with pytest.raises(TemporaryFailureError, match="could not be reached"):
            smtp_transport(port).send(a_mail())

    def test_a_connection_dropped_in_the_middle_is_temporary(self) -> None:
        with rude_server(hang_up_after_data) as port, pytest.raises(TemporaryFailureError):
            smtp_transport(port).send(a_mail())

    def test_a_server_that_says_nothing_is_left_after_the_timeout(self) -> None:
        with rude_server(say_nothing) as port:
            began = time.monotonic()
            with pytest.raises(TemporaryFailureError, match="timed out"):
                smtp_transport(port, timeout=0.3).send(a_mail())
            assert time.monotonic() - began < SOON

    def test_a_server_that_drips_is_left_when_patience_ends(self) -> None:
        with rude_server(drip) as port:
            began = time.monotonic()
            with pytest.raises(TemporaryFailureError):
                smtp_transport(port, timeout=2, patience=0.5).send(a_mail())
            assert time.monotonic() - began < SOON

    def test_a_slow_answer_within_the_timeout_is_waited_for(self, server: tuple[int, Postbox]) -> None:
        port, postbox = server
        postbox.delay_seconds = 0.5
        smtp_transport(port).send(a_mail())
        assert len(postbox.envelopes) == 1


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return tls_contexts(tmp_path_factory.mktemp("tls"))


class TestSmtpSecurity:
    """Encryption and login."""

    def test_starttls_is_used_when_offered_and_the_login_goes_through_it(
        self, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
    ) -> None:
        with mail_server(starttls=contexts[0], login=True) as (port, postbox):
            smtp_transport(port, user="post", password="s3cret:/", tls_context=contexts[1]).send(a_mail())
        assert postbox.logins == [("post", "s3cret:/")]
        assert postbox.was_encrypted

    def test_smtps_encrypts_from_the_first_byte(self, contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
        with mail_server(tls=contexts[0]) as (port, postbox):
            smtp_transport(port, scheme="smtps", tls_context=contexts[1]).send(a_mail())
        # The port speaks nothing but TLS, so what arrived was encrypted.
        assert len(postbox.envelopes) == 1

    @pytest.mark.parametrize("scheme", ["smtp", "smtps"])
    def test_a_certificate_that_nobody_vouches_for_is_refused(
        self, contexts: tuple[ssl.SSLContext, ssl.SSLContext], scheme: str
    ) -> None:
        options = {"tls": contexts[0]} if scheme == "smtps" else {"starttls": contexts[0]}
        with mail_server(**options) as (port, postbox), pytest.raises(TemporaryFailureError, match="CERTIFICATE"):
            smtp_transport(port, scheme=scheme).send(a_mail())
        assert postbox.envelopes == []

    def test_a_wrong_password_is_the_operators_to_mend_so_the_mail_waits(
        self, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
    ) -> None:
        with (
            mail_server(starttls=contexts[0], login=True) as (port, postbox),
            pytest.raises(TemporaryFailureError, match="refused our login") as refused,
        ):
            smtp_transport(port, user="post", password="wr0ng", tls_context=contexts[1]).send(a_mail())
        assert "wr0ng" not in str(refused.value)
        assert postbox.envelopes == []

    def test_a_password_is_not_sent_in_the_open_to_another_machine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with mail_server(login=True) as (port, postbox):
            monkeypatch.setattr("app.mail.smtp._is_loopback", lambda host: False)
            with pytest.raises(TemporaryFailureError, match="no encryption"):
                smtp_transport(port, user="post", password="s3cret:/").send(a_mail())
        assert postbox.logins == []


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("console:", ConsoleTransport),
        ("memory:", MemoryTransport),
        ("smtp://mail.example.org", SmtpTransport),
        ("smtps://u:p%40ss@mail.example.org:4650", SmtpTransport),
    ],
)
def test_the_url_chooses_the_transport(url: str, kind: type) -> None:
    assert isinstance(transport_for(url), kind)


def test_only_the_console_says_that_its_mails_are_in_the_terminal() -> None:
    assert [transport_for(url).is_terminal for url in ("console:", "memory:", "smtp://h")] == [True, False, False]


def test_the_terminal_may_be_ascii_only(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as stream:
        ConsoleTransport(stream).send(a_mail())
    assert "https://yushu.example/pending" in (tmp_path / "out").read_text("ascii")
