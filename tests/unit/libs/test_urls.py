"""Where a `next` may lead: nowhere but this site."""

from __future__ import annotations

import pytest

from app.libs.urls import same_site_path


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
