"""Which spellings are one mailbox."""

from __future__ import annotations

import pytest

from app.domain.account import fold_key
from app.libs.mail_addresses import address_digest, address_mark, canonical_address


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("xiaoman@example.com", "xiaoman@example.com"),
        ("XiaoMan@Example.COM", "xiaoman@example.com"),
        ("xiaoman+books+more@example.com", "xiaoman@example.com"),
        ("+books@example.com", "+books@example.com"),
        ("x.iao.man+a@gmail.com", "xiaoman@gmail.com"),
        ("xiaoman@googlemail.com", "xiaoman@gmail.com"),
        ("x.iaoman@example.com", "x.iaoman@example.com"),
        ("x-iao_man@pm.me", "xiaoman@proton.me"),
        ("xiaoman@me.com", "xiaoman@icloud.com"),
        ("xiao-man@ya.ru", "xiaoman@yandex.ru"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example"),
        ("a@例子。中国", "a@xn--fsqu00a.xn--fiqs8s"),
        ("a@school_net", "a@school_net"),
        ("ｘｉａｏ@example.com", "xiao@example.com"),
    ],
)
def test_spellings_of_one_mailbox_have_one_form(spelling: str, canonical: str) -> None:
    assert canonical_address(fold_key(spelling)) == canonical
    assert canonical_address(canonical) == canonical


def test_a_mark_depends_on_the_key() -> None:
    digest = address_digest("xiaoman@example.com")
    assert address_mark(b"one", digest) == address_mark(b"one", digest) != address_mark(b"two", digest)
    assert digest not in address_mark(b"one", digest)
