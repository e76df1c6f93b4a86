"""What MkDocs does with this project's pages: a link to a file of the program leads to a page that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, normpath, relpath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
OTHERS = "project/"  # where the site keeps what lies outside docs/
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)(#[^)\s]*)?\)")
_LINE_END = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef”])\n(?=[\u4e00-\u9fff“《（])")
_PICTURE_OF_STATES = "![The states of a drift, and who brings it from one to the next](pictures/drift.svg)"
_LANGUAGES = {".py": "python", ".toml": "toml"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each file outside `docs` that a page links to, and for those that such pages link to."""
    known: set[str] = set()
    waiting = {
        link for file in files if file.is_documentation_page() for link in _links(file.src_uri, file.content_string)
    }
    while waiting:
        target = waiting.pop()
        if target in known or _is_page(target) or not (ROOT / target).is_file():
            continue
        known.add(target)
        text = (ROOT / target).read_text("utf-8")
        files.append(
            File.generated(config, _site_uri(target), content=_shown(target, text), inclusion=InclusionLevel.NOT_IN_NAV)
        )
        if target.endswith(".md"):
            waiting |= set(_links(_site_uri(target), text))
    return files


def on_page_markdown(markdown: str, /, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links lead to the pages of the site; MkDocs warns of those that lead nowhere."""
    here = page.file.src_uri

    def lead(link: re.Match[str]) -> str:
        target = _target(here, link[1])
        if _is_page(target):
            is_outside = here.startswith(OTHERS)
            return (
                f"]({relpath(target.removeprefix('docs/'), dirname(here))}{link[2] or ''})" if is_outside else link[0]
            )
        return f"]({relpath(_site_uri(target), dirname(here) or '.')})"

    return _LINK.sub(lead, _readable(markdown))


def on_post_page(output: str, /, *, page: Page, config: MkDocsConfig) -> str:
    """Mark the pages in Chinese as such."""
    return output.replace('lang="en"', 'lang="zh-CN"', 1) if ".zh" in page.file.src_uri else output


def _readable(markdown: str) -> str:
    """Put pictures in the place of diagrams that only GitHub draws, and leave out line ends within Chinese sentences, which would show as spaces."""
    parts = re.split(r"(^```.*?^```$)", markdown, flags=re.DOTALL | re.MULTILINE)
    return "".join(
        _PICTURE_OF_STATES if part.startswith("```mermaid") else part if at % 2 else _LINE_END.sub("", part)
        for at, part in enumerate(parts)
    )


def _links(src_uri: str, markdown: str) -> Iterator[str]:
    return (_target(src_uri, link[1]) for link in _LINK.finditer(markdown))


def _target(src_uri: str, link: str) -> str:
    """Return the file that a link of a page means, from the project's folder on."""
    folder = dirname(src_uri.removeprefix(OTHERS)) if src_uri.startswith(OTHERS) else f"docs/{dirname(src_uri)}"
    return normpath(f"{folder}/{link}" if folder else link)


def _is_page(target: str) -> bool:
    """Return whether the site has this file by itself."""
    return target.startswith("docs/") and not target.endswith(".py")


def _site_uri(target: str) -> str:
    return f"{OTHERS}{target}" if target.endswith(".md") else f"{OTHERS}{target}.md"


def _shown(target: str, text: str) -> str:
    """Return the page of a file: as it is, or as code that the search leaves out."""
    if target.endswith(".md"):
        return text
    fence = "`" * (max(map(len, re.findall(r"`+", text)), default=0) + 3)
    language = _LANGUAGES.get(Path(target).suffix, "text")
    return f"---\nsearch:\n  exclude: true\n---\n\n# {Path(target).name}\n\n`{target}`\n\n{fence}{language}\n{text}\n{fence}\n"
