"""Mail servers for tests, on loopback: a real one (aiosmtpd) that can be told what to answer, and a rude one."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Postbox:
    """What a server received and what it shall answer next; an empty list of answers means: take it."""

    envelopes: list[Envelope] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    recipient_answers: list[str] = field(default_factory=list)
    delay_seconds: float = 0
    before_accepting: Callable[[], str | None] = lambda: None
    after_accepting: Callable[[], object] = lambda: None
    logins: list[tuple[str, str]] = field(default_factory=list)
    was_encrypted: bool = False

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd calls it - aiosmtpd names its hooks
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient_answers:
            return self.recipient_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as aiosmtpd calls it
        await asyncio.sleep(self.delay_seconds)
        if refusal := self.before_accepting():
            return refusal
        if self.data_answers:
            return self.data_answers.pop(0)
        self.was_encrypted = session.ssl is not None
        self.envelopes.append(envelope)
        self.after_accepting()
        return "250 OK"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        given = cast(LoginPassword, data)
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=given.password == b"s3cret:/", handled=False)

    def messages(self) -> list[EmailMessage]:
        """Parse what arrived, as a mail program would."""
        return [
            cast(EmailMessage, message_from_bytes(cast(bytes, envelope.content), policy=default))
            for envelope in self.envelopes
        ]


class _LoopbackController(Controller):
    """A controller on a port that the system chooses."""

    def __init__(self, handler: Postbox, **kwargs: Any) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        super().__init__(handler, hostname="127.0.0.1", port=self._listener.getsockname()[1], **kwargs)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listener, ssl=self.ssl_context)


@contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, login: bool = False
) -> Iterator[tuple[int, Postbox]]:
    """Run a real SMTP server; gives its port and its postbox."""
    postbox = Postbox()
    options: dict[str, Any] = {"enable_SMTPUTF8": False}
    if starttls is not None:
        options |= {"tls_context": starttls, "require_starttls": True}
    if login:
        options |= {"authenticator": postbox.authenticate, "auth_require_tls": starttls is not None}
    controller = _LoopbackController(postbox, ssl_context=tls, **options)
    controller.start()
    try:
        yield controller.port, postbox
    finally:
        controller.stop()


@contextmanager
def rude_server(behave: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run a server that does `behave` with each connection; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                try:
                    behave(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        ended.set()
        thread.join(5)
        listener.close()


def hang_up_after_data(connection: socket.socket) -> None:
    """Talk until the mail's text begins, then hang up without an answer."""
    stream = connection.makefile("rwb", buffering=0)
    stream.write(b"220 rude\r\n")
    for line in stream:
        if line.upper().startswith(b"DATA"):
            stream.write(b"354 go on\r\n")
            stream.readline()
            return
        stream.write(b"250 OK\r\n")


def drip(connection: socket.socket) -> None:
    """Never finish the greeting, but keep each single read short."""
    for _ in range(600):
        connection.sendall(b"2")
        time.sleep(0.05)


def say_nothing(connection: socket.socket) -> None:
    """Accept and stay silent until the client leaves, for half a minute at most."""
    connection.settimeout(30)
    while connection.recv(1024):
        pass


def tls_contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate for 127.0.0.1; gives the server's context and one for a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain = folder / "server.pem"
    chain.write_bytes(pem + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain)
    return server, ssl.create_default_context(cadata=pem.decode())
