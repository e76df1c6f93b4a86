"""The documentation as a site: nothing in it asks another server, and a link that leads nowhere fails the build."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lint.__main__ import TOOLS, run
from tests.support.paths import ROOT

_ASKS = re.compile(r"""<(?:script|img|link|iframe|source)\b[^>]*?\b(?:src|href)=["']?((?:https?:)?//[^"' >]+)""")


def build(project: Path, into: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "docs/site", "build", "--site-dir", into],
        cwd=project,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = build(ROOT, folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a small project with one page, built as this one is."""
    shutil.copytree(ROOT / "docs/site", tmp_path / "docs/site")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: x\nstrict: true\nhooks: [docs/site/hooks.py]\nexclude_docs: |\n  site/\n  *.py\ntheme: {name: mkdocs}\nplugins: []\n",
        "utf-8",
    )
    (tmp_path / "docs/README.md").write_text("# Page\n", "utf-8")
    (tmp_path / "app.py").write_text("print('```')\n", "utf-8")
    return tmp_path


@pytest.mark.slow
def test_no_page_asks_another_server(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 60
    assert {address for page in pages for address in _ASKS.findall(page.read_text("utf-8"))} == set()
    styles = "\n".join(file.read_text("utf-8") for file in site.rglob("*.css"))
    assert not re.findall(r"(?:@import|url\()[\s\"']*(?:https?:)?//", styles)


@pytest.mark.slow
def test_both_languages_the_reference_and_the_sources_are_there(site: Path) -> None:
    def text(page: str) -> str:
        return (site / page).read_text("utf-8")

    assert "概念：学习路线" in text("concepts.zh.html")
    assert "Return the ISBN-13 that a text names" in text("reference/domain.html")
    assert 'href="project/fisher.py.html"' in text("concepts.html")
    assert "create_app" in text("project/fisher.py.html")
    assert 'href="../architecture.html"' in text("project/CONTRIBUTING.html")
    assert 'lang="zh-CN"' in text("project/CONTRIBUTING.zh-CN.html")
    assert 'lang="en"' in text("project/CONTRIBUTING.html")


@pytest.mark.slow
def test_what_only_github_would_draw_is_a_picture(site: Path) -> None:
    page = (site / "drift.html").read_text("utf-8")
    assert "stateDiagram" not in page
    assert 'src="pictures/drift.svg"' in page
    assert (site / "pictures/drift.svg").exists()


@pytest.mark.slow
def test_a_line_end_within_a_chinese_sentence_is_no_space(site: Path) -> None:
    page = (site / "search.zh.html").read_text("utf-8")
    assert "把你输入的理解成了什么；点“只按原文搜”" in page


@pytest.mark.parametrize(
    "link",
    [
        "missing.md",
        "../missing.py",
        "README.md#missing",
        "site/missing.png",
        "../docs/missing.md",
        "../CONTRIBUTING.md",
    ],
)
def test_a_dead_link_fails_the_build(project: Path, link: str) -> None:
    (project / "docs/README.md").write_text(f"# Page\n\n[there]({link})\n", "utf-8")
    (project / "CONTRIBUTING.md").write_text("[there](docs/missing.md)\n", "utf-8")
    with (project / "mkdocs.yml").open("a", encoding="utf-8") as settings:
        settings.write("validation: {links: {not_found: warn, anchors: warn, unrecognized_links: warn}}\n")
    done = build(project, project / "out")
    assert done.returncode != 0
    assert "missing" in done.stderr


def test_links_that_lead_somewhere_pass(project: Path) -> None:
    (project / "docs/README.md").write_text(
        "# Page\n\n[a](../app.py) [b](../CONTRIBUTING.md#part) [c](#page)\n", "utf-8"
    )
    (project / "CONTRIBUTING.md").write_text("# Part\n\n[back](docs/README.md), [code](other.py)\n", "utf-8")
    (project / "other.py").write_text("pass\n", "utf-8")
    done = build(project, project / "out")
    assert done.returncode == 0, done.stderr
    assert "print('```')" in (project / "out/project/app.py/index.html").read_text("utf-8").replace("&#39;", "'")


def test_the_linter_s_own_line_fails_on_a_dead_link(project: Path) -> None:
    (line,) = (tool for tool in TOOLS if "docs/site" in tool)
    assert run(line, project) == 0
    (project / "docs/README.md").write_text("# Page\n\n[x](missing.md)\n", "utf-8")
    assert run(line, project) == 1
