"""Where a `next` may lead: nowhere but this site; and which hosts outside may be asked, at which addresses."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from app.libs.urls import AddressRefusedError, HostAllowlist, is_public, origin_of, same_site_path


@pytest.mark.parametrize(
    "target", ["/", "/book/search?q=三体", "/book/9787536692930/detail", "/a?next=http://x.example/"]
)
def test_a_path_of_this_site_is_followed(target: str):
    assert same_site_path(target) == target


@pytest.mark.parametrize(
    "target",
    [
        "", None, "//evil.example", "/\\evil.example", "\\\\evil.example", "http://evil.example", "javascript:alert(1)",
        "/%2fevil.example", "/%5cevil.example", "/%252fevil.example", "/%25252fevil.example", " /a", "/\t/evil.example", "/a\r\nSet-Cookie: x=1",
        "/%0d%0aX: y", "evil.example", "?q=1", "/a?b=\n",
    ],
)  # fmt: skip
def test_anything_else_leads_home(target: str | None):
    assert same_site_path(target) == "/"


REACH = HostAllowlist(
    origins=frozenset({("http", "10.0.0.5", 8000)}), public_hosts=("covers.example", ".archive.example")
)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://openlibrary.org/api", ("https", "openlibrary.org", 443)),
        ("http://LOCALHOST.:8000/v2", ("http", "localhost", 8000)),
        ("http://[::1]:80/", ("http", "::1", 80)),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: Any) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://x/",
        "//x/",
        "http://",
        "http://x:99999/",
        "http://a:b@x/",
        "http://x@y/",
        "http://[::1/",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefusedError):
        origin_of(url)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("10.0.0.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("192.168.1.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:a00:1::", False),
    ],
)
def test_an_address_is_public_or_not(address: str, public: bool) -> None:
    assert is_public(address) is public


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: answer)


def test_the_operators_own_address_may_be_private() -> None:
    assert REACH.addresses(("http", "10.0.0.5", 8000)) == [(socket.AF_INET, ("10.0.0.5", 8000))]


@pytest.mark.parametrize(
    "origin", [("http", "10.0.0.5", 6379), ("https", "10.0.0.5", 8000), ("http", "10.0.0.6", 8000)]
)
def test_another_port_scheme_or_host_than_the_operators_is_refused(origin: Any) -> None:
    with pytest.raises(AddressRefusedError, match="not on the list"):
        REACH.addresses(origin)


@pytest.mark.parametrize("host", ["covers.example", "ia80.us.archive.example"])
def test_a_listed_host_is_asked_at_public_addresses(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    resolve_to(monkeypatch, "93.184.216.34")
    assert REACH.addresses(("https", host, 443)) == [(socket.AF_INET, ("93.184.216.34", 443))]


@pytest.mark.parametrize(
    "host", ["archive.example", "evilarchive.example", "covers.example.evil.example", "evil.example"]
)
def test_a_host_that_is_not_listed_is_refused(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    resolve_to(monkeypatch, "93.184.216.34")
    with pytest.raises(AddressRefusedError, match="not on the list"):
        REACH.addresses(("https", host, 443))


def test_a_listed_host_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(AddressRefusedError, match="private"):
        REACH.addresses(("https", "covers.example", 443))


def test_a_listed_host_is_asked_at_the_webs_own_ports_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "93.184.216.34")
    with pytest.raises(AddressRefusedError, match="not on the list"):
        REACH.addresses(("https", "covers.example", 22))
