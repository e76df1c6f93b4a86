"""Hand mails to a mail server (RFC 5321)."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from threading import Timer
from typing import Any

from app.mail.mail import BadMailError, FinalFailureError, Mail, TemporaryFailureError
from config.mail_url import MailUrl

#: Replies that speak of our login, not of the mail (RFC 4954 section 6): mended by the operator, then tried again.
_LOGIN_REPLIES = frozenset({530, 534, 535, 538})
_SHOWN_REPLY_LENGTH = 200


class SmtpTransport:
    """Opens one connection for each mail: TLS from the first byte for ``smtps://``, else STARTTLS when it is offered.

    `timeout` bounds each step in seconds; `patience` bounds the whole conversation, so that a server that drips one byte
    at a time cannot hold a worker for longer than its lease.
    """

    is_terminal = False

    def __init__(
        self, server: MailUrl, *, timeout: float = 10, patience: float = 60, tls_context: ssl.SSLContext | None = None
    ) -> None:
        self._server = server
        self._timeout = timeout
        self._patience = patience
        self._tls_context = tls_context

    def send(self, mail: Mail) -> None:
        """Deliver to the server; a reply of 5xx to the mail is final, anything else that goes wrong is temporary."""
        message = mail.as_message()
        try:
            with self._conversation() as smtp:
                smtp.send_message(message)
        except smtplib.SMTPNotSupportedError as error:
            raise FinalFailureError(f"the mail server cannot take this address: {error}") from error
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            raise _failure(code, reply) from error
        except smtplib.SMTPAuthenticationError as error:
            raise TemporaryFailureError(f"the mail server refused our login: {_shown(error.smtp_error)}") from error
        except smtplib.SMTPConnectError as error:
            raise TemporaryFailureError(f"the mail server turned us away: {_shown(error.smtp_error)}") from error
        except smtplib.SMTPResponseException as error:
            raise _failure(error.smtp_code, error.smtp_error) from error
        except UnicodeError as error:
            raise BadMailError("the letter cannot be written as mail") from error
        except (smtplib.SMTPException, OSError) as error:
            raise TemporaryFailureError(
                f"the mail server could not be reached: {str(error) or type(error).__name__}"
            ) from error

    @contextmanager
    def _conversation(self) -> Iterator[smtplib.SMTP]:
        """Connect, greet, secure and log in; say goodbye at the end."""
        smtp = self._connect()
        try:
            self._introduce(smtp)
            yield smtp
            # The mail is already accepted: a server that hangs up instead of saying goodbye changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
        finally:
            smtp.close()

    def _connect(self) -> smtplib.SMTP:
        where = self._server
        if where.scheme == "smtps":
            return _PatientSSL(
                where.host, where.port, timeout=self._timeout, patience=self._patience, context=self._context()
            )
        return _Patient(where.host, where.port, timeout=self._timeout, patience=self._patience)

    def _introduce(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        secure = self._server.scheme == "smtps"
        if not secure and smtp.has_extn("starttls"):
            smtp.starttls(context=self._context())
            smtp.ehlo()
            secure = True
        if not self._server.user:
            return
        if not secure and not _is_loopback(self._server.host):
            raise TemporaryFailureError("the mail server offers no encryption, so the password was not sent to it")
        smtp.login(self._server.user, self._server.password)

    def _context(self) -> ssl.SSLContext:
        return self._tls_context or ssl.create_default_context()


class _Patient(smtplib.SMTP):
    """A conversation that is broken off `patience` seconds after it began, in any state of the server."""

    def __init__(self, *args: Any, patience: float, **kwargs: Any) -> None:
        # Broken off from another thread: the reader wakes up with an error.
        self._limit = Timer(patience, self._break_off)
        self._limit.daemon = True
        try:
            super().__init__(*args, **kwargs)
        except BaseException:
            self._limit.cancel()
            raise

    def connect(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Connect and read the greeting, with the clock running."""
        self._limit.start()
        return super().connect(*args, **kwargs)

    def close(self) -> None:
        """Close the connection and stop the clock."""
        self._limit.cancel()
        super().close()

    def _break_off(self) -> None:
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


class _PatientSSL(_Patient, smtplib.SMTP_SSL):
    """The same with TLS from the first byte."""


def _failure(code: int, reply: bytes | str) -> TemporaryFailureError | FinalFailureError:
    is_final = code >= 500 and code not in _LOGIN_REPLIES
    kind = FinalFailureError if is_final else TemporaryFailureError
    return kind(f"the mail server answered {code}: {_shown(reply)}")


def _shown(reply: bytes | str) -> str:
    """Make a server's words one printable line of bounded length."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return "".join(character if character.isprintable() else " " for character in text).strip()[:_SHOWN_REPLY_LENGTH]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
