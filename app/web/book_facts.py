"""One book, as its page shows it to people and to machines."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.domain.book import BookFacts
from app.domain.isbn import hyphenate, to_isbn10
from app.web.blueprint import web
from app.web.template_helpers import language_name, site_address


def labelled_facts(facts: BookFacts) -> list[tuple[str, str]]:
    """Return what is known of a book, as (label, value), in the order of a title page."""
    pages = _("%(pages)s 页", pages=facts.pages) if facts.pages.isdecimal() else facts.pages
    found = (
        (_("原作名"), facts.original_title),
        (_("丛书"), facts.series),
        (_("出版社"), facts.publisher),
        (_("出版时间"), facts.pubdate),
        (_("页数"), pages),
        (_("装帧"), facts.binding),
        (_("定价"), facts.price),
        (_("语言"), language_name(facts.language)),
        (_("ISBN"), hyphenate(facts.isbn13)),
        (_("旧 ISBN"), to_isbn10(facts.isbn13)),
    )
    return [(label, value) for label, value in found if value]


@web.app_template_global()
def source_name(source: str) -> str:
    """Return what people call a source outside; "" for one that is none."""
    names: dict[str, str] = {
        "open_library": "Open Library",
        "google_books": "Google Books",
        "yushu": _("另一个鱼书站"),
    }
    return names.get(source, "")


def source_of(facts: BookFacts) -> tuple[str, str]:
    """Return who told us of a book and where to read it there: (name, address); each "" when there is none."""
    name = {"member": _("书友添加"), "operator": _("管理员添加")}.get(facts.source) or source_name(facts.source)
    address = {
        "open_library": f"https://openlibrary.org/isbn/{facts.isbn13}",
        "google_books": f"https://books.google.com/books?vid=ISBN{facts.isbn13}",
    }.get(facts.source, "")
    return name, address


def linked_data(facts: BookFacts) -> dict[str, Any]:
    """Return a book in the words of schema.org, as search engines read it."""
    found = {
        "@context": "https://schema.org",
        "@type": "Book",
        "@id": site_address("web.detail", isbn=facts.isbn13),
        "url": site_address("web.detail", isbn=facts.isbn13),
        "image": site_address("web.cover", isbn=facts.isbn13),
        "name": facts.title,
        "alternativeHeadline": facts.subtitle,
        "author": [{"@type": "Person", "name": name} for name in facts.authors],
        "translator": [{"@type": "Person", "name": name} for name in facts.translators],
        "publisher": {"@type": "Organization", "name": facts.publisher} if facts.publisher else None,
        "datePublished": facts.pubdate,
        "numberOfPages": int(facts.pages) if facts.pages.isdecimal() else None,
        "inLanguage": facts.language,
        "isbn": facts.isbn13,
        "description": facts.summary,
    }
    return {name: value for name, value in found.items() if value}
