"""The address of the mail server is read whole, or refused."""

from __future__ import annotations

import pytest

from config.mail_url import MailUrl, read_mail_url


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("console:", MailUrl(scheme="console")),
        ("memory:", MailUrl(scheme="memory")),
        ("smtp://mail.example.org", MailUrl(scheme="smtp", host="mail.example.org", port=25)),
        ("smtps://mail.example.org/", MailUrl(scheme="smtps", host="mail.example.org", port=465)),
        (
            "smtp://post%40yushu.example:p%3A%2F%40%E9%B1%BC@mail.example.org:587",
            MailUrl(scheme="smtp", host="mail.example.org", port=587, user="post@yushu.example", password="p:/@鱼"),
        ),
        ("smtp://[::1]:2525", MailUrl(scheme="smtp", host="::1", port=2525)),
    ],
)
def test_the_four_forms_are_read(text: str, read: MailUrl):
    assert read_mail_url(text) == read


@pytest.mark.parametrize(
    "text", ["", "console", "memory:x", "http://host", "smtp:host", "smtp://host:0", "smtp://u:@h"]
)
def test_anything_else_is_refused(text: str):
    with pytest.raises(ValueError, match="console:, memory:, smtp://"):
        read_mail_url(text)


def test_a_password_does_not_show_when_the_address_is_printed():
    assert "tiger" not in repr(read_mail_url("smtp://scott:tiger@host"))
