"""The real web server, asked by sockets: who is slow holds up nobody, and HTTP stays what it is."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from io import BytesIO
from pathlib import Path

import pytest
import requests

from app.gateway.wsgi import environ_of
from tests.support.apps import close, make_app
from tests.support.live import LiveSite
from tests.support.members import PASSWORD, MadeMember, make_member

MANY = 64
#: More than a busy machine needs for a page, and less than any of the deadlines that are set here for who waits.
SOON = 10


@pytest.fixture(scope="module")
def live(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Run a site with two threads of each kind, which slow visitors would soon have used up."""
    folder = copy_of(sqlite_template, tmp_path_factory.mktemp("live") / "data")
    settings = {
        "HEADER_SECONDS": "3",
        "BODY_SECONDS": "3",
        "BODY_BYTES_PER_SECOND": "1024",
        "MAX_CONTENT_LENGTH": "100000",
    }
    with LiveSite(folder, THREADS="2", WRITE_THREADS="2", RATELIMIT_ENABLED="0", **settings) as site:
        yield site


def copy_of(template: Path, folder: Path) -> Path:
    folder.mkdir()
    (folder / "yushu.sqlite").write_bytes((template / "yushu.sqlite").read_bytes())
    return folder


def connect(site: LiveSite) -> socket.socket:
    return socket.create_connection(("127.0.0.1", site.port), timeout=60)


def head(method: str, path: str, *headers: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode("latin-1")


def read_all(sock: socket.socket) -> bytes:
    """Read until the other end closes."""
    parts = []
    try:
        while part := sock.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def ask(site: LiveSite, request: bytes) -> bytes:
    """Send one request that closes its connection, and give the raw answer."""
    with closing(connect(site)) as sock:
        sock.sendall(request)
        return read_all(sock)


@contextmanager
def crowd(site: LiveSite, opening: bytes, drip: bytes = b"") -> Iterator[list[socket.socket]]:
    """Open many connections that send so much and then, if at all, a byte now and then."""
    done = threading.Event()
    with ExitStack() as stack:
        sockets = [stack.enter_context(closing(connect(site))) for _ in range(MANY)]
        for sock in sockets:
            sock.sendall(opening)

        def go_on() -> None:
            while not done.wait(0.5):
                for sock in sockets:
                    try:
                        sock.send(drip)
                    except OSError:
                        pass

        dripping = threading.Thread(target=go_on)
        if drip:
            dripping.start()
        try:
            yield sockets
        finally:
            done.set()
            if drip:
                dripping.join()


def ensure_it_answers(site: LiveSite) -> None:
    """Ask for a page and send a form: both come at once, however many others are waited for."""
    start = time.monotonic()
    visitor = requests.Session()
    token = token_in(visitor.get(f"{site.url}/login", timeout=SOON).text)
    answer = visitor.post(f"{site.url}/logout", data={"csrf_token": token}, allow_redirects=False, timeout=SOON)
    assert answer.status_code == 303
    assert requests.get(f"{site.url}/healthz", timeout=SOON).json() == {"status": "ok"}
    assert time.monotonic() - start < SOON


def token_in(html: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert found
    return found[1]


SLOW = {
    "bodies": (head("POST", "/login", "Content-Length: 5000", "Content-Type: application/x-www-form-urlencoded"), b"a"),
    "chunked bodies": (head("POST", "/login", "Transfer-Encoding: chunked"), b"1\r\na\r\n"),
    "headers": (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", b"a"),
    "silence": (b"", b""),
    "half a request line": (b"GE", b""),
}


@pytest.mark.parametrize("kind", SLOW)
def test_slow_senders_hold_up_nobody_and_are_cut_off(live: LiveSite, kind: str) -> None:
    with crowd(live, *SLOW[kind]) as sockets:
        ensure_it_answers(live)
        answers = [read_all(sock) for sock in sockets]
    wanted = b"HTTP/1.1 408 " if "bodies" in kind else b""
    assert all(answer.startswith(wanted) for answer in answers), set(answers)
    assert wanted or not any(answers)


def test_slow_readers_hold_up_nobody(live: LiveSite) -> None:
    with crowd(live, head("GET", "/bootstrap/static/css/bootstrap.min.css") * 20):
        ensure_it_answers(live)


def test_a_body_that_comes_steadily_is_waited_for(live: LiveSite) -> None:
    with closing(connect(live)) as sock:
        sock.sendall(head("POST", "/login", "Content-Length: 16384", "Connection: close"))
        for _ in range(8):
            sock.sendall(b"a" * 2048)
            time.sleep(0.6)
        assert read_all(sock).startswith(b"HTTP/1.1 400 "), "read to its end, which took longer than the first deadline"


@pytest.mark.parametrize("size", ["Content-Length: 100001", "Transfer-Encoding: chunked"])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(live: LiveSite, size: str) -> None:
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n" if "chunked" in size else b""
    with closing(connect(live)) as sock:
        sock.sendall(head("POST", "/login", size, "Connection: close") + chunk * 2)
        answer = b""
        while b"</html>" not in answer and (part := sock.recv(65536)):
            answer += part
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert "太大".encode() in answer


def form(live: LiveSite) -> tuple[str, bytes]:
    """Return a cookie and the body of a log-in that goes wrong."""
    visitor = requests.Session()
    token = token_in(visitor.get(f"{live.url}/login", timeout=60).text)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies)
    return f"Cookie: {cookies}", f"csrf_token={token}&email=a%40example.com&password=wrong".encode()


FORM = "Content-Type: application/x-www-form-urlencoded"


def test_a_chunked_form_is_read(live: LiveSite) -> None:
    cookie, body = form(live)
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:])) + b"0\r\n\r\n"
    answer = ask(live, head("POST", "/login", cookie, FORM, "Transfer-Encoding: chunked", "Connection: close") + chunks)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'value="a@example.com"' in answer


def test_who_waits_for_100_continue_gets_it(live: LiveSite) -> None:
    cookie, body = form(live)
    with closing(connect(live)) as sock:
        size = f"Content-Length: {len(body)}"
        sock.sendall(head("POST", "/login", cookie, FORM, size, "Expect: 100-continue", "Connection: close"))
        assert sock.recv(100).startswith(b"HTTP/1.1 100 Continue")
        sock.sendall(body)
        assert read_all(sock).startswith(b"HTTP/1.1 200 ")


def test_a_form_that_breaks_off_is_not_answered_and_changes_nothing(live: LiveSite) -> None:
    cookie, body = form(live)
    for size in (f"Content-Length: {len(body) + 10}", "Transfer-Encoding: chunked"):
        with closing(connect(live)) as sock:
            sock.sendall(head("POST", "/login", cookie, FORM, size) + (body if "Length" in size else b"5\r\nab"))
            sock.shutdown(socket.SHUT_WR)
            assert b"200 OK" not in read_all(sock)
    ensure_it_answers(live)


@pytest.mark.parametrize("chunk", [b"zz\r\nab\r\n0\r\n\r\n", b"2;" + b"a" * 100_000 + b"\r\nab\r\n0\r\n\r\n"])
def test_a_body_of_chunks_that_are_none_is_the_senders_fault(live: LiveSite, chunk: bytes) -> None:
    answer = ask(live, head("POST", "/login", "Transfer-Encoding: chunked", "Connection: close") + chunk)
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_requests_in_one_connection_are_answered_in_order(live: LiveSite) -> None:
    pipeline = head("GET", "/healthz") + head("GET", "/no-such-page") + head("GET", "/healthz", "Connection: close")
    statuses = re.findall(rb"HTTP/1\.1 (\d+)", ask(live, pipeline))
    assert statuses == [b"200", b"404", b"200"]


def test_head_has_the_headers_of_get_and_no_body(live: LiveSite) -> None:
    headers, _, body = ask(live, head("HEAD", "/terms", "Connection: close")).partition(b"\r\n\r\n")
    whole = ask(live, head("GET", "/terms", "Connection: close")).partition(b"\r\n\r\n")[0]
    assert body == b""
    lengths = {re.search(rb"content-length: (\d+)", one)[1] for one in (headers, whole)}
    assert len(lengths) == 1
    assert lengths != {b"0"}
    assert re.search(rb"\r\ndate: \w{3}, ", headers)


def test_a_cookie_of_other_characters_does_not_take_the_others_along(live: LiveSite) -> None:
    answer = ask(live, head("GET", "/terms", "Cookie: theme=\xe4\xb8\x89; yushu_language=en", "Connection: close"))
    assert b'lang="en"' in answer


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/book/search?q=%E4%B8%89%E4%BD%93", 200),
        ("/%ff%fe", 404),
        ("/book/a%2Fb/detail", 404),
        ("http://127.0.0.1/terms", 200),
    ],
)
def test_addresses_arrive_as_they_were_written(live: LiveSite, path: str, status: int) -> None:
    assert ask(live, head("GET", path, "Connection: close")).startswith(b"HTTP/1.1 %d " % status)


BODY = b"0\r\n\r\n"
INVALID = {
    "two hosts": ["GET /terms HTTP/1.1", "Host: 127.0.0.1", "Host: elsewhere.example"],
    "two hosts in HTTP/1.0": ["GET /terms HTTP/1.0", "Host: 127.0.0.1", "Host: elsewhere.example"],
    "one host twice": ["GET /healthz HTTP/1.1", "Host: 127.0.0.1", "Host: 127.0.0.1"],
    "two hosts in one header": ["GET /terms HTTP/1.1", "Host: 127.0.0.1, elsewhere.example"],
    "no host": ["GET /terms HTTP/1.1"],
    "an empty host": ["GET /terms HTTP/1.1", "Host:"],
    "a host with a path": ["GET /terms HTTP/1.1", "Host: 127.0.0.1/terms"],
    "a star that is not for OPTIONS": ["GET * HTTP/1.1", "Host: 127.0.0.1"],
    "a path without a slash": ["GET terms HTTP/1.1", "Host: 127.0.0.1"],
    "a tunnel": ["CONNECT elsewhere.example:443 HTTP/1.1", "Host: 127.0.0.1"],
    "two lengths": ["POST /login HTTP/1.1", "Host: 127.0.0.1", "Content-Length: 3", "Content-Length: 5"],
    "a length with a sign": ["POST /login HTTP/1.1", "Host: 127.0.0.1", "Content-Length: +5"],
    "an unknown coding": ["POST /login HTTP/1.1", "Host: 127.0.0.1", "Transfer-Encoding: gzip, chunked"],
    "a coding that is not the last": ["POST /login HTTP/1.1", "Host: 127.0.0.1", "Transfer-Encoding: chunked, gzip"],
    "chunks twice": ["POST /login HTTP/1.1", "Host: 127.0.0.1"] + ["Transfer-Encoding: chunked"] * 2,
}


@pytest.mark.parametrize("kind", INVALID)
def test_what_can_be_read_in_two_ways_is_refused(live: LiveSite, kind: str) -> None:
    request = "\r\n".join([*INVALID[kind], FORM, "Connection: close", "", ""]).encode() + BODY
    answer = ask(live, request)
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 ")), answer
    assert b"<html" not in answer, "no page was made for it"


@pytest.mark.parametrize(
    "host", ["Host: 127.0.0.1:80", "Host: [::1]:8000", "Host: my_service", "Host: yushu.example.", "HOST:127.0.0.1"]
)
def test_any_valid_host_may_ask_for_a_probe(live: LiveSite, host: str) -> None:
    request = f"GET /healthz HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n".encode()
    assert ask(live, request).startswith(b"HTTP/1.1 200 ")


def test_http_1_0_needs_no_host(live: LiveSite) -> None:
    assert ask(live, b"GET /healthz HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.0 200 ")


def test_the_methods_of_the_server_are_no_page(live: LiveSite) -> None:
    answer = ask(live, head("OPTIONS", "*", "Connection: close"))
    assert answer.startswith(b"HTTP/1.1 204 ")
    assert b"allow: GET, HEAD, OPTIONS, POST\r\n" in answer


def test_a_header_with_an_underscore_is_not_taken_for_the_proxys() -> None:
    scope = {
        "type": "http",
        "method": "GET",
        "http_version": "1.1",
        "raw_path": b"/%e4%b8%89",
        "query_string": b"q=%ff",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("192.0.2.1", 9),
        "headers": [
            (b"x_forwarded_for", b"198.51.100.1"),
            (b"cookie", b"a=1"),
            (b"cookie", b"b=2"),
            (b"x-a", b"\xff"),
            (b"x-a", b"2"),
        ],
    }
    environ = environ_of(scope, BytesIO())
    texts = {name: value for name, value in environ.items() if name.isupper()}
    assert texts == {
        "HTTP_COOKIE": "a=1;b=2",
        "HTTP_X_A": "\xff,2",
        "PATH_INFO": "/\xe4\xb8\x89",
        "QUERY_STRING": "q=%ff",
        "REMOTE_ADDR": "192.0.2.1",
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "granian",
    }


@pytest.mark.parametrize(("proxies", "counted"), [("0", "127.0.0.1"), ("1", "192.0.2.7")])
def test_the_visitors_address_is_what_so_many_proxies_say(data_dir: Path, proxies: str, counted: str) -> None:
    """Limits count by address: what one address has used up, another still has."""
    with LiveSite(
        data_dir, TRUSTED_PROXIES=proxies, RATELIMIT_ENABLED="1", LIMIT_SUGGEST="1 per hour", LIMIT_ADDRESS_FACTOR="1"
    ) as site:
        statuses = [
            ask(site, head("GET", "/book/suggest?q=a", f"X-Forwarded-For: {address}", "Connection: close"))[9:12]
            for address in ("192.0.2.7", "192.0.2.7", "192.0.2.8")
        ]
    assert statuses == [b"200", b"429", b"429" if counted == "127.0.0.1" else b"200"]


@pytest.fixture
def busy(data_dir: Path) -> Iterator[tuple[LiveSite, MadeMember]]:
    """Run a site whose requests may wait for twenty seconds, and give a member of it."""
    app = make_app(data_dir)
    member = make_member(app, "小满")
    close(app)
    with LiveSite(data_dir, WRITE_THREADS="4", REQUEST_WAIT_SECONDS="20", RATELIMIT_ENABLED="0") as site:
        yield site, member


def log_in(site: LiveSite, member: MadeMember) -> requests.Response:
    visitor = requests.Session()
    token = token_in(visitor.get(f"{site.url}/login", timeout=60).text)
    data = {"csrf_token": token, "email": member.email, "password": PASSWORD}
    return visitor.post(f"{site.url}/login", data=data, allow_redirects=False, timeout=60)


@pytest.mark.slow
def test_forms_that_wait_for_a_lock_hold_up_no_page(busy: tuple[LiveSite, MadeMember]) -> None:
    site, member = busy
    answers: list[requests.Response] = []
    forms = [threading.Thread(target=lambda: answers.append(log_in(site, member))) for _ in range(12)]
    with closing(sqlite3.connect(site.data_dir / "yushu.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for thread in forms:
            thread.start()
        while any(thread.is_alive() for thread in forms):
            start = time.monotonic()
            for path in ("/healthz", "/readyz", "/"):
                assert requests.get(site.url + path, timeout=SOON).status_code == 200
            assert time.monotonic() - start < SOON, "a page waited behind the forms"
            time.sleep(0.1)
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in answers] == [(503, "5")] * 12
    assert log_in(site, member).status_code == 303


def test_a_stop_lets_a_request_end(data_dir: Path) -> None:
    with LiveSite(data_dir, RATELIMIT_ENABLED="0") as site, closing(connect(site)) as sock:
        cookie, body = form(site)
        size = f"Content-Length: {len(body)}"
        sock.sendall(head("POST", "/login", cookie, FORM, size, "Expect: 100-continue", "Connection: close"))
        assert sock.recv(100).startswith(b"HTTP/1.1 100 Continue")
        site.process.send_signal(signal.SIGTERM)
        sock.sendall(body)
        assert read_all(sock).startswith(b"HTTP/1.1 200 ")
        assert site.process.wait(30) == 0
