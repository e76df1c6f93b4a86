"""Mail addresses: which can be written to, in which one form they are kept, and which of them are one mailbox."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

import email_validator
import idna
from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 254
# A school's own network may be called .local or .test: whether a name can be reached is for the mail server to find out.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


@dataclass(frozen=True, slots=True)
class _Provider:
    """A mail service: its domains lead to the same mailboxes, and `ignored` characters before the ``@`` change nothing."""

    domains: tuple[str, ...]
    ignored: str = ""


_PROVIDERS = (
    _Provider(("gmail.com", "googlemail.com"), ignored="."),
    _Provider(("proton.me", "protonmail.com", "pm.me"), ignored=".-_"),
    _Provider(("icloud.com", "me.com", "mac.com")),
    _Provider(("yandex.ru", "yandex.com", "ya.ru", "yandex.by", "yandex.kz"), ignored=".-"),
)
_PROVIDER_OF = {domain: provider for provider in _PROVIDERS for domain in provider.domains}


def normal_address(text: str) -> str | None:
    """Return an address in the form in which it is kept, or None for what is none; nothing is asked of the net.

    The domain is in lower case and in its own script. Names of a school's network, without a dot, are accepted; letters
    beyond ASCII before the ``@`` are not, because most mail servers refuse them.
    """
    try:
        found = validate_email(text, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return found.normalized if len(found.normalized) <= MAX_LENGTH else None


def canonical_address(email_key: str) -> str:
    """Return the one form of all spellings of a mailbox: no tag, no character that the provider ignores, an ASCII domain.

    :param email_key: a folded address (`app.domain.account.fold_key`).

    >>> canonical_address("a.b+x@googlemail.com"), canonical_address("a.b+x@bücher.example")
    ('ab@gmail.com', 'a.b@xn--bcher-kva.example')
    """
    local, _, domain = email_key.rpartition("@")
    domain = _ascii(domain.rstrip("."))
    local = local.partition("+")[0] or local
    if provider := _PROVIDER_OF.get(domain):
        local = local.translate(dict.fromkeys(map(ord, provider.ignored))) or local
        domain = provider.domains[0]
    return f"{local}@{domain}"


def address_digest(canonical: str) -> str:
    """Return the digest of a canonical address from which its mark is made. It can be guessed at: store the mark alone."""
    return hashlib.sha256(canonical.encode()).hexdigest()[:40]


def address_mark(key: bytes, digest: str) -> str:
    """Return the mark of an address: its digest under a secret key."""
    return hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()


def _ascii(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:  # a name of a private network that follows no standard
        return domain
