"""What tests/contract/test_sources.py does not reach: TLS, the way a call ends, and the name we give ourselves."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from time import monotonic, sleep

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.libs.http_client import (
    HostRefusedError,
    HttpClient,
    TooLargeError,
    TooSlowError,
    UnreachableError,
    user_agent_of,
)
from app.libs.urls import HostAllowlist, origin_of
from tests.support.patience import SOON
from tests.upstreams import FAULTS, Upstream
from tests.upstreams.faults import redirects_to


def client_of(*urls: str) -> HttpClient:
    return HttpClient(HostAllowlist(origins=frozenset(map(origin_of, urls))), user_agent="YuShu/1.0 (+http://test)")


@pytest.fixture
def own_certificate(tmp_path: Path) -> SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    both = tmp_path / "tls.pem"
    both.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


def test_a_server_whose_certificate_nobody_signed_is_not_believed(own_certificate: SSLContext) -> None:
    with Upstream(tls=own_certificate) as upstream:
        with pytest.raises(UnreachableError, match="SSLError"):
            client_of(upstream.url).get(upstream.url, seconds=5)
        assert upstream.asked == []


def test_a_redirect_never_leads_from_https_to_http(
    own_certificate: SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(tmp_path / "tls.pem"))
    with Upstream(tls=own_certificate) as sealed, Upstream() as open_to_all:
        client = client_of(sealed.url, open_to_all.url)
        assert client.get(sealed.url, seconds=5).body == b"{}", "this certificate is believed"
        sealed.fault = redirects_to(open_to_all.url)
        with pytest.raises(HostRefusedError, match="from https to http"):
            client.get(sealed.url, seconds=5)
        assert open_to_all.asked == []


def test_a_handshake_that_never_ends_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        began = monotonic()
        with pytest.raises(TooSlowError):
            client_of(url).get(url, seconds=0.3)
        assert monotonic() - began < SOON


def test_a_server_that_is_not_there_is_said_so_without_the_address_that_may_hold_a_key() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with pytest.raises(UnreachableError, match="Connection refused") as failed:
        client_of(url).get(url, seconds=5, params={"key": "secret"})
    assert "secret" not in str(failed.value)


def test_the_caps_of_a_call_are_exact() -> None:
    with Upstream(lambda _path, _query: (200, "x" * 98)) as upstream:
        client = client_of(upstream.url)
        assert len(client.get(upstream.url, seconds=5, max_bytes=100).body) == 100
        with pytest.raises(TooLargeError):
            client.get(upstream.url, seconds=5, max_bytes=99)


def test_redirects_share_one_deadline() -> None:
    with Upstream() as upstream:

        def dawdle(handler: object) -> None:
            handler.wait(0.25)
            handler.reply(302, b"", Location="/again")

        upstream.fault = dawdle
        with pytest.raises(TooSlowError):  # and not HostRefusedError, after as many redirects as are followed
            client_of(upstream.url).get(upstream.url, seconds=0.4)


def test_a_redirect_from_one_listed_server_to_another_is_followed() -> None:
    with Upstream() as first, Upstream(lambda path, _query: (200, path)) as second:
        first.fault = redirects_to(f"{second.url}/there")
        assert client_of(first.url, second.url).get(first.url, seconds=5).body == b'"/there"'


def test_proxies_of_the_environment_do_not_see_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with Upstream() as proxy, Upstream() as upstream:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        client_of(upstream.url).get(upstream.url, seconds=5)
        assert (len(proxy.asked), len(upstream.asked)) == (0, 1)


def test_a_call_leaves_no_thread_and_no_connection_behind() -> None:
    before = threading.active_count()
    with Upstream() as upstream:
        upstream.fault, _ = FAULTS["drips its body"]
        with pytest.raises(TooSlowError):
            client_of(upstream.url).get(upstream.url, seconds=0.2)
        while not upstream.cut_off:  # pytest's own time limit ends what never comes
            sleep(0.02)
        assert upstream.cut_off == 1
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("site_url", "contact", "name"),
    [
        ("https://yushu.im", "ops@yushu.im", "YuShu/1.0 (+https://yushu.im; ops@yushu.im)"),
        ("https://yushu.im", "", "YuShu/1.0 (+https://yushu.im)"),
        ("https://yushu.im", "鱼\r\nX-Evil: 1", "YuShu/1.0 (+https://yushu.im; X-Evil: 1)"),
    ],
)
def test_the_name_we_give_ourselves_is_printable_ascii(site_url: str, contact: str, name: str) -> None:
    assert user_agent_of(site_url, contact) == name
