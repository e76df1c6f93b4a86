"""The search goes on at a source outside: on a page of its own, which a script loads into the page of results."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.container import container
from app.domain.isbn import canonical
from app.forms.search import SearchForm
from app.http.limits import limited
from app.web.blueprint import web
from app.web.result_rows import ResultRows


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
