"""Word a mail: templates and a context in; subject, text and HTML out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta, pass_context, select_autoescape
from jinja2.runtime import Context
from markupsafe import Markup, escape

from app.domain.characters import isolated_value

MESSAGES = Path(__file__).parent / "messages"

#: Names that are no part of what a caller of `Outbox.post` gives: ours, and `secret`, which is made at sending.
_GIVEN_NAMES = frozenset({"url", "button", "language", "name", "body", "secret"})
_LINK = re.compile(r"https?://\S+")
#: Mail programs paint a link without a colour of its own in a blue that is not the site's.
_ADDRESS = Markup('<a href="{0}" style="color:#27445c">{0}</a>')


@dataclass(frozen=True, slots=True)
class Wording:
    """What a mail says: one line of subject, the text part and the HTML part."""

    subject: str
    text: str
    html: str


class ContextError(LookupError):
    """A kind of mail that has no templates, or a name that its templates need and the context lacks."""


class Renderer:
    """Words mails from the folders of templates, see `app.mail`."""

    def __init__(self, *, site_url: str, time_zone: str = "Asia/Shanghai", folder: Path = MESSAGES) -> None:
        self._site_url = site_url
        self._zone = ZoneInfo(time_zone)
        self._folder = folder
        self._templates = Environment(
            loader=FileSystemLoader(folder),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=isolated_value,
        )
        self._templates.globals["url"] = self.address_of
        self._templates.globals["button"] = self._button
        self._templates.filters["date"] = self._date
        self.names_wanted = cache(self._names_wanted)

    def address_of(self, path: str) -> str:
        """Return the full address of a page of the site."""
        return self._site_url + path

    def kinds(self) -> tuple[str, ...]:
        """List every kind of mail there is, sorted."""
        return tuple(sorted(folder.name for folder in self._folder.iterdir() if folder.is_dir()))

    def ensure_complete(self, kind: str, language: str, context: Mapping[str, Any]) -> None:
        """Check, before a mail is posted, that its templates exist and find each name they use.

        :raises ContextError: when not; this is a mistake in the program, not in what a member did.
        """
        missing = sorted(self.names_wanted(kind, language) - set(context))
        if missing:
            raise ContextError(f"mail {kind!r} in {language!r} needs {', '.join(missing)} in its context")

    def subject(self, kind: str, language: str, context: Mapping[str, Any]) -> str:
        """Word the subject alone, as one line that begins with ``[鱼书]``."""
        return "[鱼书] " + " ".join(self._fill(f"{kind}/subject.{language}.txt", language, context).split())

    def word(self, kind: str, language: str, context: Mapping[str, Any]) -> Wording:
        """Word the whole mail. `context` holds ``name`` and, if the kind has a mint, ``secret``."""
        text = self._fill(f"{kind}/body.{language}.txt", language, context).strip()
        html = self._html_body(kind, language, context, text)
        subject = self.subject(kind, language, context)
        return Wording(
            subject=subject,
            text=self._fill(f"layout.{language}.txt", language, {**context, "body": text}).strip() + "\n",
            html=self._fill(f"layout.{language}.html", language, {**context, "body": html, "subject": subject}),
        )

    def _button(self, address: str, label: str) -> Markup:
        return Markup(self._templates.get_template("button.html").render(address=address, label=label))  # noqa: S704 - a template's output

    def _html_body(self, kind: str, language: str, context: Mapping[str, Any], text: str) -> Markup:
        own = f"{kind}/body.{language}.html"
        if (self._folder / own).is_file():
            return Markup(self._fill(own, language, context))  # noqa: S704 - as above
        return as_html(text)

    def _fill(self, template: str, language: str, context: Mapping[str, Any]) -> str:
        return self._templates.get_template(template).render(context, language=language)

    def _names_wanted(self, kind: str, language: str) -> frozenset[str]:
        wanted: set[str] = set()
        for part in ("subject.{}.txt", "body.{}.txt", "body.{}.html"):
            file = self._folder / kind / part.format(language)
            if file.is_file():
                wanted |= meta.find_undeclared_variables(self._templates.parse(file.read_text("utf-8")))
            elif part.endswith("txt"):
                raise ContextError(f"there is no mail {kind!r} in {language!r}: {file} is missing")
        return frozenset(wanted - _GIVEN_NAMES)

    @pass_context
    def _date(self, context: Context, moment: int) -> str:
        day = datetime.fromtimestamp(moment, UTC).astimezone(self._zone)
        chinese = context["language"] == "zh"
        return format_date(day, "y年M月d日" if chinese else "d MMMM y", locale="zh_CN" if chinese else "en")


def as_html(text: str) -> Markup:
    """Make HTML of a plain body: a ``<p>`` for each paragraph, a link for each address."""
    paragraphs = (paragraph.strip() for paragraph in re.split(r"\n\s*\n", text))
    return Markup("\n").join(
        Markup("<p>{}</p>").format(_with_links(paragraph)) for paragraph in paragraphs if paragraph
    )


def _with_links(paragraph: str) -> Markup:
    pieces: list[Markup] = []
    position = 0
    for link in _LINK.finditer(paragraph):
        pieces += [escape(paragraph[position : link.start()]), _ADDRESS.format(link.group())]
        position = link.end()
    pieces.append(escape(paragraph[position:]))
    return Markup("").join(pieces).replace("\n", Markup("<br>\n"))
