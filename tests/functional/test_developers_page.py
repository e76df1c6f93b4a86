"""The page for developers tells the truth: its examples run, its table of errors is the API's."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
import requests

from app.api import problems
from tests.support.api_shelf import fill
from tests.support.apps import close, make_app
from tests.support.live import LiveSite
from tests.support.pages import PageClient

EXAMPLE = re.compile(r'<code class="language-(sh|python|javascript)">(.*?)</code>', re.DOTALL)
COMMANDS = {"sh": ["sh", "-ec"], "python": [sys.executable, "-c"], "javascript": ["node", "--input-type=module", "-e"]}


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    folder = tmp_path_factory.mktemp("developers") / "data"
    shutil.copytree(sqlite_template, folder)
    app = make_app(folder)
    fill(app)
    close(app)
    with LiveSite(folder) as live:
        yield live


def test_every_example_runs_as_it_stands(site: LiveSite) -> None:
    examples = EXAMPLE.findall(requests.get(f"{site.url}/developers", timeout=60).text)
    assert len(examples) == 5
    for language, code in examples:
        program = unescape(code).replace("curl ", "curl --fail ")
        if shutil.which(COMMANDS[language][0]) is None or ("curl" in program and shutil.which("curl") is None):
            continue  # node and curl are not among the project's needs
        done = subprocess.run([*COMMANDS[language], program], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, (program, done.stderr)
        assert "三体" in done.stdout, program


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_whole_in_both_languages(page: PageClient, language: str) -> None:
    text = page.get("/developers", headers={"Accept-Language": language}).text
    assert ("For people who write programs" in text) is (language == "en")


def test_the_table_of_errors_is_the_apis(page: PageClient) -> None:
    text = page.get("/developers").text
    kinds = [kind for kind in vars(problems).values() if isinstance(kind, problems.Kind) and kind.status != 500]
    assert len(kinds) == 10
    for kind in kinds:
        assert f"{kind.status}{kind.code}{kind.msg.partition(':')[0]}" in re.sub(r"\s", "", text)
