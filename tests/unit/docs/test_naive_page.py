"""The page about the site with eighteen faults: it quotes that site, and says what happens there."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from docs.naive.__main__ import furnished
from tests.functional.test_faults_of_the_course import REGRESSIONS
from tests.support.guides import (
    DOCS,
    ROOT,
    Section,
    anchors,
    dead_links,
    is_piece,
    leads_to_its_text,
    numbered,
    sections,
)

GUIDES = {"en": DOCS / "naive.md", "zh": DOCS / "naive.zh.md"}
SITE = ROOT / "docs" / "naive" / "site.py"
MARK = re.compile(r"(?:#|--) (?:noqa: \w+ - )?(\d+(?:, and \d+)*)")
EACH_GUIDE = pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)


def marks(text: str) -> set[str]:
    """Return the numbers of the faults that comments in a piece of code name."""
    return {number for found in MARK.findall(text) for number in re.findall(r"\d+", found)}


def see_it(guide) -> Section:
    (section,) = [section for section in sections(guide) if "docs.naive serve" in section.text]
    return section


@EACH_GUIDE
def test_each_fault_has_a_section_with_the_lines_that_make_it_and_its_mend(guide):
    found = numbered(guide)
    assert [section.text.partition(".")[0] for section in found] == [str(n) for n in range(1, len(REGRESSIONS) + 1)]
    for number, section in enumerate(found, 1):
        pieces = section.code("python") + section.code("sql")
        assert all(is_piece(piece, SITE) for piece in pieces), number
        assert str(number) in set().union(*map(marks, pieces)), number
        assert section.anchors, number


def test_every_marked_line_of_the_site_is_on_the_page():
    shown = "".join(body for section in numbered(GUIDES["en"]) for _, body in section.blocks)
    assert [
        line for line in SITE.read_text("utf-8").splitlines() if MARK.search(line) and line.strip() not in shown
    ] == []


def test_both_pages_have_the_same_code_and_links_in_the_same_order():
    english, chinese = ([section.common for section in sections(guide)] for guide in GUIDES.values())
    assert english == chinese


@pytest.mark.parametrize(("label", "text", "target"), sorted(set(anchors(*GUIDES.values()))))
def test_a_link_to_a_mend_leads_to_a_file_that_holds_its_text(label, text, target):
    assert leads_to_its_text(label, text, target)


@EACH_GUIDE
def test_no_link_is_dead(guide):
    assert dead_links(guide) == []


def test_what_the_page_sends_by_curl_is_answered_as_it_says(tmp_path):
    """Read the lines as curl would, and send them to the site that is served; a cookie jar is a browser."""
    app = furnished(tmp_path).app
    app.logger.disabled = True
    jars = {}
    lines = [line for line in see_it(GUIDES["en"]).code("sh")[-1].splitlines() if line.startswith("curl ")]
    assert len(lines) == 7
    for line in lines:
        command, _, told = line.partition("  # ")
        words = shlex.split(command)
        options = list(pairwise(words))
        jar = next((name for option, name in options if option in {"-b", "-c"}), "")
        form = dict(value.split("=", 1) for option, value in options if option == "-d")
        browser = jars.setdefault(jar, app.test_client())
        address = urlsplit(words[-1])
        answer = browser.open(f"{address.path}?{address.query}", method="POST" if form else "GET", data=form or None)
        status, _, where = told.partition(",")[0].partition(" ")
        assert (answer.status_code, answer.location or "") == (int(status), where), line
