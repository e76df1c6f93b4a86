"""A client that reads each page it opens as a strict visitor would."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

_LABELLED = {"input", "select", "textarea"}
_UNLABELLED_TYPES = {"hidden", "submit", "button", "image", "reset"}


@dataclass
class Page(HTMLParser):
    """The parts of a page that tests and the checks look at."""

    headings: int = 0
    title: str = ""
    language: str = ""
    ids: list[str] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    fields: list[dict[str, str]] = field(default_factory=list)
    forms: list[dict[str, Any]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    images_without_alt: int = 0
    inline: list[str] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._inside: list[str] = []
        self._label_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._inside.append(tag)
        self._look(tag, values)
        if "id" in values:
            self.ids.append(values["id"])
        self.inline += [f"{tag} {name}" for name in values if name == "style" or name.startswith("on")]

    def _look(self, tag: str, values: dict[str, str]) -> None:
        if tag == "html":
            self.language = values.get("lang", "")
        elif tag == "h1":
            self.headings += 1
        elif tag == "label":
            self._label_depth += 1
            self.labels.add(values.get("for", ""))
        elif tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "img" and "alt" not in values:
            self.images_without_alt += 1
        elif tag == "form":
            self.forms.append({**values, "fields": {}})
        if tag in _LABELLED:
            self.fields.append({**values, "tag": tag, "wrapped": "1" if self._label_depth else ""})
            if self.forms and values.get("name"):
                self.forms[-1]["fields"][values["name"]] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._label_depth -= 1
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._inside[-1:] == ["title"] and "svg" not in self._inside:
            self.title += data
        if self._inside[-1:] not in (["script"], ["style"]):
            self.text += data

    def faults(self) -> list[str]:
        """Name what a strict visitor would complain of."""
        found = []
        if self.headings != 1:
            found.append(f"{self.headings} h1")
        if not self.title.strip():
            found.append("no title")
        if self.language not in {"zh-CN", "en"}:
            found.append(f"lang is {self.language!r}")
        found += [f"id {name!r} stands twice" for name in {name for name in self.ids if self.ids.count(name) > 1}]
        found += [f"field without a label: {item.get('name')}" for item in self.fields if not self._labelled(item)]
        found += [
            f"POST form without CSRF token: {form.get('action')}"
            for form in self.forms
            if form.get("method", "").lower() == "post" and "csrf_token" not in form["fields"]
        ]
        found += [f"inline {what}" for what in self.inline]
        if self.images_without_alt:
            found.append(f"{self.images_without_alt} images without alt")
        return found

    def _labelled(self, item: dict[str, str]) -> bool:
        if item["tag"] == "input" and item.get("type") in _UNLABELLED_TYPES:
            return True
        return bool(
            item["wrapped"] or item.get("aria-label") or item.get("aria-labelledby") or item.get("id") in self.labels
        )


def read(html: str) -> Page:
    """Parse a page."""
    page = Page()
    page.feed(html)
    return page


class PageClient:
    """Open pages, submit forms with their tokens, and check each page on the way."""

    def __init__(self, app: Flask, **environ: Any) -> None:
        self.http = app.test_client()
        self._environ = environ

    def get(self, path: str, *, status: int = 200, follow: bool = False, **kwargs: Any) -> Page:
        """Open a page that must answer with `status`."""
        return self._checked(self.http.get(path, follow_redirects=follow, **self._environ, **kwargs), status)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, on: str | None = None, status: int = 303, **kwargs: Any
    ) -> TestResponse:
        """Send a form with the CSRF token of the page `on` (by default the path itself)."""
        source = read(self.http.get(on or path, follow_redirects=True, **self._environ).text)
        token = next((form["fields"]["csrf_token"] for form in source.forms if "csrf_token" in form["fields"]), "")
        response = self.http.post(path, data={"csrf_token": token, **(data or {})}, **self._environ, **kwargs)
        assert response.status_code == status, f"POST {path}: {response.status_code}\n{read(response.text).text[:800]}"
        return response

    @staticmethod
    def _checked(response: TestResponse, status: int) -> Page:
        assert response.status_code == status, (
            f"{response.request.path}: {response.status_code}\n{read(response.text).text[:800]}"
        )
        page = read(response.text)
        assert not page.faults(), f"{response.request.path}: {page.faults()}"
        return page
