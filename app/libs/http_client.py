"""The one way in which this program asks another server for something.

Every call has a total deadline that a dripped answer cannot outlast, a cap on the bytes that a compressed answer cannot
slip under, and a list of hosts (see `HostAllowlist`). Redirects are followed by hand, each under the same rules.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Retry
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, InvalidHeader, NewConnectionError, SSLError
from urllib3.response import BaseHTTPResponse

from app.libs.deadline import Deadline
from app.libs.urls import AddressRefusedError, HostAllowlist, origin_of, plain_host

_CHUNK = 64 * 1024
_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})


class HttpClientError(Exception):
    """Nothing usable came back; the subclass says why."""


class UnreachableError(HttpClientError):
    """No connection, a connection that broke, or something that is not HTTP."""


class TooSlowError(HttpClientError):
    """The answer was not whole when the time was over."""


class TooLargeError(HttpClientError):
    """The answer has more bytes than allowed, unpacked."""


class HostRefusedError(HttpClientError):
    """The address, or one that it redirects to, may not be asked."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer: status, media type as sent, unpacked body, and the seconds of its Retry-After, if any."""

    status: int
    content_type: str
    body: bytes
    retry_after: float | None


@dataclass(frozen=True, slots=True)
class _Call:
    allowlist: HostAllowlist
    deadline: Deadline
    connect_timeout: float

    def connect(self, scheme: str, connection: HTTPConnection) -> socket.socket:
        """Open a watched connection to an address that the list allows."""
        port = connection.port or connection.default_port
        try:
            addresses = self.allowlist.addresses((scheme, plain_host(connection.host), port))
        except OSError as broken:
            raise NewConnectionError(connection, str(broken)) from broken
        return self._connect_to_one(addresses, connection)

    def _connect_to_one(
        self, addresses: list[tuple[socket.AddressFamily, tuple[str, int]]], connection: HTTPConnection
    ) -> socket.socket:
        error: OSError = OSError("the name has no address")
        for family, address in addresses:
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.settimeout(self.deadline.left(self.connect_timeout))
                sock.connect(address)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.deadline.watch(sock)
            except OSError as failed:
                sock.close()
                error = failed
            else:
                return sock
        if isinstance(error, TimeoutError):
            raise ConnectTimeoutError(connection, str(error)) from error
        raise NewConnectionError(connection, str(error)) from error


_call: ContextVar[_Call] = ContextVar("call")


class _GuardedConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _call.get().connect("http", self)


class _GuardedTlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _call.get().connect("https", self)


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTlsConnection


class _PatientRetry(Retry):
    """One more try after a broken connection or a hiccup, but not when the server says how long to stay away."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:  # noqa: FBT001, FBT002 - urllib3's
        return not has_retry_after and super().is_retry(method, status_code)


class _GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _GuardedPool, "https": _GuardedTlsPool}


class HttpClient:
    """Asks the hosts on a list, within limits; one instance serves all threads, and no connection outlives its call.

    `user_agent` is printable ASCII (see `user_agent_of`); `connect_timeout` and `read_timeout` are seconds.
    """

    def __init__(
        self, allowlist: HostAllowlist, *, user_agent: str, connect_timeout: float = 1.0, read_timeout: float = 2.0
    ) -> None:
        self._allowlist = allowlist
        self._user_agent = user_agent
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout

    def get(
        self,
        url: str,
        *,
        seconds: float,
        params: Mapping[str, str] | None = None,
        max_bytes: int = 1024 * 1024,
        accept: str = "application/json",
    ) -> HttpAnswer:
        """Return the whole answer to one GET, redirects followed, within `seconds` and `max_bytes`.

        A status of 400 or more is an answer too.

        :raises HttpClientError: one of its four kinds, if there is no whole answer.
        """
        with Deadline(seconds) as deadline, self._session(accept) as session:
            token = _call.set(_Call(self._allowlist, deadline, self._connect_timeout))
            try:
                answer = self._follow(session, url, params, deadline=deadline, max_bytes=max_bytes)
            except AddressRefusedError as refused:
                raise HostRefusedError(str(refused)) from refused
            except (requests.Timeout, TimeoutError) as slow:
                raise TooSlowError(f"no whole answer within {seconds:g} s") from slow
            except (requests.RequestException, HTTPError, OSError, ValueError) as broken:
                if deadline.has_passed:
                    raise TooSlowError(f"no whole answer within {seconds:g} s") from broken
                raise UnreachableError(_why(broken)) from broken
            finally:
                _call.reset(token)
        return answer

    def _session(self, accept: str) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.headers.update({"User-Agent": self._user_agent, "Accept": accept, "Accept-Encoding": "gzip"})
        retry = _PatientRetry(
            total=1,
            read=0,
            redirect=0,
            status_forcelist={502, 503, 504},
            backoff_factor=0.1,
            retry_after_max=1,
            raise_on_status=False,
        )
        session.mount("http://", _GuardedAdapter(max_retries=retry))
        session.mount("https://", _GuardedAdapter(max_retries=retry))
        return session

    def _follow(
        self,
        session: requests.Session,
        url: str,
        params: Mapping[str, str] | None,
        *,
        deadline: Deadline,
        max_bytes: int,
    ) -> HttpAnswer:
        for _ in range(_MOST_REDIRECTS + 1):
            scheme = origin_of(url)[0]
            timeout = (deadline.left(self._connect_timeout), deadline.left(self._read_timeout))
            with session.get(url, params=params, stream=True, allow_redirects=False, timeout=timeout) as response:
                target = response.headers.get("Location")
                if response.status_code not in _REDIRECTS or target is None:
                    return HttpAnswer(
                        status=response.status_code,
                        content_type=response.headers.get("Content-Type", ""),
                        body=_read(response.raw, deadline, max_bytes),
                        retry_after=_retry_after(response.raw),
                    )
            url, params = urljoin(response.url, target), None
            if scheme == "https" and origin_of(url)[0] == "http":
                raise AddressRefusedError("a redirect from https to http")
        raise AddressRefusedError("too many redirects")


def _read(raw: BaseHTTPResponse, deadline: Deadline, max_bytes: int) -> bytes:
    """Read and unpack the body piece by piece, as it comes."""
    if raw.headers.get("Content-Encoding", "").strip().lower() not in _ENCODINGS:
        raise UnreachableError("an encoding that was not asked for")
    if raw.length_remaining is not None and raw.length_remaining > max_bytes:
        raise TooLargeError(f"more than {max_bytes} bytes")
    body = bytearray()
    while piece := raw.read1(_CHUNK, decode_content=True):
        body += piece
        if len(body) > max_bytes:
            raise TooLargeError(f"more than {max_bytes} bytes")
        deadline.left(1)
    deadline.left(1)
    return bytes(body)


def _why(broken: Exception) -> str:
    """Return what broke without the address that was asked, which may hold a key."""
    reason = getattr(broken.args[0], "reason", None) if broken.args else None
    if isinstance(reason, (NewConnectionError, SSLError)):
        return f"{type(reason).__name__}: {reason.__cause__ or reason}"
    return type(reason or broken).__name__


def _retry_after(raw: BaseHTTPResponse) -> float | None:
    try:
        return Retry().get_retry_after(raw)
    except InvalidHeader:
        return None


def user_agent_of(site_url: str, contact: str) -> str:
    """Return the name under which this site asks others: printable ASCII, with an address to complain to.

    Open Library refuses programs without a contact; other characters would break the request's header.
    """
    words = f"YuShu/1.0 (+{site_url}; {contact})" if contact else f"YuShu/1.0 (+{site_url})"
    return "".join(sign for sign in words if " " <= sign <= "~")
