"""The main job: find a book.

The search goes on at a source outside: on a page of its own, which a script loads into the page of results.
"""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from app.container import container
from app.domain.isbn import canonical
from app.forms.search import SearchForm
from app.http.limits import limited
from app.search.query_parser import clip
from app.search.results import SearchPage, Understanding
from app.web.blueprint import web
from app.web.filters import filters_of, total_of
from app.web.result_rows import ResultRows

_READINGS = {
    "pinyin": _l("按拼音理解为 %(shown)s，"),
    "initials": _l("按拼音首字母理解为 %(shown)s，"),
    "typo": _l("按 %(shown)s 来找，"),
    "also": _l("也按 %(shown)s 找了，"),
    "fields": _l("按 %(shown)s 来找，"),
}
_FIELDS = {
    "title": _l("书名"),
    "author": _l("作者"),
    "translator": _l("译者"),
    "publisher": _l("出版社"),
    "series": _l("丛书"),
    "isbn": "ISBN",
}


@web.get("/book/search")
@limited("SEARCH")
def search() -> BaseResponse | str | tuple[str, int]:
    """Answer what was typed: an ISBN leads to its book, words to a list of books."""
    if "q" not in request.args:
        return render_template("web/search_blank.html")
    form = SearchForm(request.args)
    if not form.validate():
        return render_template("web/search_blank.html", q=form.q.data, complaints=form.complaints()), 400
    q = str(form.q.data)
    result = container.catalogue.search.find(q, **form.values())
    q = clip(q)
    if result.isbn and result.isbn.isbn13:
        return redirect(url_for("web.detail", isbn=result.isbn.isbn13))
    return _results(q, result, form.page.data or 1)


def _results(q: str, result: SearchPage, asked: int) -> str | tuple[str, int]:
    behind_the_last = bool(result.total) and asked > result.pages
    arguments = _arguments(q, result)
    marked = result.understood.shown if result.understood else ""
    if not (result.understood and result.understood.fields):
        marked = f"{q} {marked}"
    page = render_template(
        "web/search.html",
        q=q,
        result=result,
        said=_said(result),
        rows=[] if behind_the_last else ResultRows(marked, editions=result.editions).of(result.rows),
        nearest=ResultRows("").of(result.isbn.nearest) if result.isbn else [],
        filters=filters_of(result, "web.search", arguments),
        arguments=arguments,
        sources=container.catalogue.source_chain.names,
    )
    return (page, 404) if behind_the_last else page


def _arguments(q: str, result: SearchPage) -> dict[str, Any]:
    """Return what every link to another page of this answer must carry."""
    said = {"q": q, "language": result.language, "gift": int(result.offered), "exact": int(result.exact)}
    return {name: value for name, value in said.items() if value} | ({} if result.grouped else {"group": 0})


def _said(result: SearchPage) -> Markup:
    """Return how the words were understood and how many books that is: 按拼音理解为 <strong>三体</strong>，共 7 本。"""
    total = total_of(result)
    understood = result.understood
    if understood is None or understood.kind not in _READINGS:
        return escape(total)
    reading = escape(_READINGS[understood.kind])
    return reading % {"shown": _shown(understood)} + escape(total)


def _shown(understood: Understanding) -> Markup:
    """Return what was understood: words, or what is said of each field, 书名 <strong>活着</strong>、作者 <strong>余华</strong>."""
    if not understood.fields:
        return Markup("<strong>{}</strong>").format(understood.shown)
    said = [Markup("{} <strong>{}</strong>").format(_FIELDS[field.name], field.value) for field in understood.fields]
    return escape(_("、")).join(said)


@web.get("/book/suggest")
@limited("SUGGEST")
def suggest() -> Response:
    """Complete what is being typed: ``{"suggestions": [{"text", "kind", "url"?}]}``; `format=opensearch` for browsers."""
    q = clip("".join(sign if sign.isprintable() else " " for sign in request.args.get("q", "")))
    found = container.catalogue.search.suggest(q) if q else ()
    if request.args.get("format") == "opensearch":
        return jsonify([q, [suggestion.text for suggestion in found]])
    response = jsonify(
        suggestions=[
            {"text": suggestion.text, "kind": suggestion.kind}
            | ({"url": url_for("web.detail", isbn=suggestion.isbn13)} if suggestion.isbn13 else {})
            for suggestion in found
        ]
    )
    response.cache_control.max_age = 60
    response.cache_control.private = True
    return response


@web.get("/book/search/<source>")
@limited("ELSEWHERE")
def search_elsewhere(source: str) -> ResponseReturnValue:
    """Ask one of the enabled sources for words, and show what it finds; nothing of it is stored before somebody opens it.

    :raises NotFound: when there is no such source, or it is not enabled.
    """
    if source not in container.catalogue.source_chain.names:
        raise NotFound
    form = SearchForm(request.args)
    if not form.validate():
        return render_template("web/search_blank.html", q=form.q.data, complaints=form.complaints()), 400
    q = str(form.q.data)
    if isbn13 := canonical(q):
        return redirect(url_for("web.detail", isbn=isbn13))
    found = container.catalogue.source_chain.search(source, q)
    rows = ResultRows(q, level=3).elsewhere(found.books)
    return render_template("web/elsewhere.html", q=q, source=source, found=found, rows=rows)
