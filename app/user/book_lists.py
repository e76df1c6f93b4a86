"""The pages of lists that a member brings: choose a file, see what each row is and why, correct, offer or wish for all, take back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.container import container
from app.domain.book import BookFacts
from app.domain.cells import read_isbn_cell
from app.domain.characters import isolated
from app.domain.gift import Condition, Postage
from app.domain.isbn import hyphenate
from app.domain.isbn_candidates import is_shortened
from app.domain.list_columns import unknown_columns
from app.domain.reading_list import KNOWN, ListRefused, Outcome, Verdict, to_csv
from app.domain.wish import WishScope
from app.forms.book import BringListForm, CorrectRowForm
from app.forms.drift import OfferForm, WishListForm
from app.http.auth import confirmed_required, login_required
from app.http.limits import limited
from app.http.paging import URL_NUMBER, page_among, page_count
from app.queries.book_list import StoredRow
from app.services.exchange.gifts import Offer
from app.user.blueprint import user


def why(row: StoredRow, books: Mapping[str, BookFacts]) -> str:
    """Return in the page's language why a row is not settled."""
    if row.reasons:
        return row.reasons[int(g.language == "en")]
    return " ".join(filter(None, (_about_number(row), _about_verdict(row, books))))


def _about_number(row: StoredRow) -> str:
    said = ""
    if is_shortened(row.isbn):
        said = _(
            "表格软件把 ISBN 缩短了（%(said)s），原来的数字已经找不回来。请把这一列的格式改成“文本”或不带小数的“数值”，再导出一次。",
            said=row.isbn[:40],
        )
    elif _is_wrong(row):
        said = _("ISBN 的校验位不对，可能有一位写错了。")
    return said


def _about_verdict(row: StoredRow, books: Mapping[str, BookFacts]) -> str:
    said: str = {
        Verdict.PENDING: _("还没有看到这一行"),
        Verdict.AMBIGUOUS: _("有好几本，请选一本") if len(row.isbns) > 1 else _("找到一本，请看看是不是"),
        Verdict.UNKNOWN: _("没有找到这本书"),
        Verdict.NO_BOOK: _("这不是一本书：没有书名，ISBN 也不对"),
    }.get(row.verdict, "")
    if row.verdict is Verdict.LOOK and (facts := books.get(row.isbns[0])):
        said = _(
            "这个 ISBN 是《%(title)s》的，书单上写的是《%(said)s》，请看一看。",
            title=isolated(facts.title),
            said=isolated(row.title),
        )
    elif row.verdict is Verdict.UNKNOWN and not _is_wrong(row) and any(isbn in books for isbn in row.isbns):
        said = _("没有找到这个 ISBN，有同一本书的别的版本。")
    elif row.verdict is Verdict.NO_BOOK and _is_wrong(row):
        said = ""
    return said


def _is_wrong(row: StoredRow) -> bool:
    """Return whether a row's number has a wrong check digit."""
    typed = read_isbn_cell(row.isbn)
    return typed is not None and not typed.is_valid


def choices(row: StoredRow, books: Mapping[str, BookFacts]) -> list[tuple[str, str]]:
    """Return the ISBNs that a row's owner may mean, each with the words on its button; a number nobody knows stands for itself."""
    known = [(isbn, _label(books[isbn])) for isbn in row.isbns if isbn in books]
    return known or [(isbn, hyphenate(isbn)) for isbn in row.isbns if _is_wrong(row)]


def _label(facts: BookFacts) -> str:
    parts = (facts.title, _("、").join(facts.authors), facts.publisher, facts.pubdate[:4])
    return " · ".join(filter(None, parts))


ROWS_PER_PAGE = 50
_ALL = 1_000_000
_UNFINISHED = "unfinished_list"


@user.route("/my/lists", methods=["GET", "POST"])
@login_required
@limited("LISTS", counts=lambda _response: bool(g.get("has_read_list")))
def book_lists() -> ResponseReturnValue:
    """Show the lists that were brought, and take another one."""
    form = BringListForm()
    if form.validate_on_submit():
        g.has_read_list = True  # what is refused then has been read, too
        try:
            list_id = _brought(form)
        except ListRefused as refusal:
            form.file.errors = [refusal.message(g.language)]
        else:
            return redirect(url_for("user.book_list", list_id=list_id), 303)
    lists = container.lists.stored.list_of(g.user.id)
    page = render_template(
        "user/book_lists.html",
        form=form,
        lists=[one for one in lists if one.deleted_at is None],
        deleted=[one for one in lists if one.deleted_at is not None],
        kept_days=current_app.config["KEEP_DELETED_DAYS"],
    )
    return page, 400 if form.errors else 200


@user.get(f"/my/lists/<{URL_NUMBER}:list_id>")
@login_required
def book_list(list_id: int) -> str:
    """Show what each row of a list is, or those alone that need a look."""
    stored = container.lists.book_lists.get(g.user.id, list_id)
    counts = container.lists.stored.count(list_id)
    todo = request.args.get("show") == "todo"
    pages = page_count(container.lists.stored.count_todo(list_id) if todo else stored.rows, ROWS_PER_PAGE)
    page = page_among(pages)
    rows = container.lists.stored.list_rows(list_id, limit=ROWS_PER_PAGE, offset=(page - 1) * ROWS_PER_PAGE, todo=todo)
    unfinished = _unfinished(list_id)
    return render_template(
        "user/book_list.html",
        stored=stored,
        rows=rows,
        books=_books_of(rows),
        verdicts={verdict: sum(n for (v, _o, _k), n in counts.items() if v is verdict) for verdict in Verdict},
        outcomes={outcome: sum(n for (_v, o, _k), n in counts.items() if o is outcome) for outcome in Outcome},
        wished=sum(n for (_v, o, kind), n in counts.items() if o is Outcome.LISTED and kind == "wish"),
        waiting=sum(n for (v, o, _k), n in counts.items() if o is Outcome.WAITING and v in KNOWN),
        known=sum(n for (v, _o, _k), n in counts.items() if v in KNOWN),
        unknown_columns=unknown_columns(stored.header),
        offer_form=OfferForm(formdata=None, data=unfinished.get("offer")),
        wish_form=WishListForm(formdata=None, data=unfinished.get("wish")),
        unfinished=unfinished,
        todo=todo,
        page=page,
        pages=pages,
    )


def _unfinished(list_id: int) -> dict[str, Any]:
    """Return, once, what the request before had no time to end: `offer` or `wish` with its form, or `undo`."""
    noted: dict[str, Any] = session.pop(_UNFINISHED, {})
    return noted if noted.get("list") == list_id else {}


@user.post(f"/my/lists/<{URL_NUMBER}:list_id>/rows/<{URL_NUMBER}:number>")
@login_required
def correct_row(list_id: int, number: int) -> ResponseReturnValue:
    """Judge one row again by what its owner says of it."""
    container.lists.book_lists.get(g.user.id, list_id)
    form = CorrectRowForm()
    if form.validate_on_submit():
        container.lists.book_lists.correct(g.user.id, list_id, number, form.said.data or "")
    else:
        flash(_("写下 ISBN 或书名。"), "warning")
    return redirect(url_for("user.book_list", list_id=list_id, show="todo", _anchor=f"row-{number}"), 303)


@user.post(f"/my/lists/<{URL_NUMBER}:list_id>/offer")
@confirmed_required
def offer_list(list_id: int) -> ResponseReturnValue:
    """Offer every book of the list that is known."""
    container.lists.book_lists.get(g.user.id, list_id)
    form = OfferForm()
    if not form.validate_on_submit():
        flash(_("请选好品相和邮费。"), "warning")
        return _to(list_id)
    said = {name: form[name].data or "" for name in ("condition", "postage", "note")}
    offer = Offer(condition=Condition(said["condition"]), postage=Postage(said["postage"]), note=said["note"])
    left = container.lists.book_lists.offer_all(g.user.id, list_id, offer)
    return _done(list_id, left, _("都放好了，每一行变成了什么，看下面。"), offer=said)


@user.post(f"/my/lists/<{URL_NUMBER}:list_id>/wish")
@confirmed_required
def wish_list(list_id: int) -> ResponseReturnValue:
    """Wish for every book of the list that is known."""
    form = WishListForm()
    if not form.validate_on_submit():
        flash(_("请选好想要哪个版本。"), "warning")
        return _to(list_id)
    said = {"scope": form.scope.data or ""}
    scope = WishScope(said["scope"]) if said["scope"] else None
    left = container.lists.book_lists.wish_all(g.user.id, list_id, scope)
    return _done(list_id, left, _("都许了愿，每一行变成了什么，看下面。"), wish=said)


@user.post(f"/my/lists/<{URL_NUMBER}:list_id>/undo")
@login_required
def undo_list(list_id: int) -> ResponseReturnValue:
    """Take back what the list has listed."""
    return _done(list_id, container.lists.book_lists.undo(g.user.id, list_id), _("能撤回的都撤回了。"), undo=True)


@user.post(f"/my/lists/<{URL_NUMBER}:list_id>/sources")
@login_required
def ask_sources_for_list(list_id: int) -> ResponseReturnValue:
    """Go on with looking up; when that is done, look up again what nobody knew."""
    container.lists.book_lists.look_up(g.user.id, list_id)
    return _to(list_id)


@user.post(f"/my/lists/<{URL_NUMBER}:list_id>/forget")
@login_required
def forget_list(list_id: int) -> ResponseReturnValue:
    """Delete the list; what it has listed stays."""
    container.lists.book_lists.forget(g.user.id, list_id)
    flash(_("书单删掉了，已经送出或许愿的书不受影响。"), "success")
    return redirect(url_for("user.book_lists"), 303)


@user.post(f"/my/lists/<{URL_NUMBER}:list_id>/restore")
@login_required
def restore_list(list_id: int) -> ResponseReturnValue:
    """Take the deletion of a list back."""
    container.lists.book_lists.restore(g.user.id, list_id)
    flash(_("书单恢复了。"), "success")
    return _to(list_id)


@user.get(f"/my/lists/<{URL_NUMBER}:list_id>/rejects.csv")
@login_required
def list_rejects(list_id: int) -> Response:
    """Return the rows that became nothing, with the reason, as a file that can be corrected and brought again."""
    stored = container.lists.book_lists.get(g.user.id, list_id)
    rows = container.lists.stored.list_rows(list_id, limit=_ALL, todo=True)
    header = list(stored.header)
    if header[-1:] == [_("原因")]:  # it is such a file itself
        header.pop()
    books = _books_of(rows)
    text = to_csv((*header, _("原因")), ((*_padded(row.cells, len(header)), why(row, books)) for row in rows))
    answer = Response("\ufeff" + text, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename=rejects-{list_id}.csv"
    return answer


def _brought(form: BringListForm) -> int:
    upload = request.files.get(form.file.name)
    name, data = (upload.filename, upload.read()) if upload else ("", b"")
    name = name or _("粘贴的书单")
    return container.lists.book_lists.bring(g.user.id, name, data or (form.text.data or "").encode())


def _books_of(rows: Sequence[StoredRow]) -> dict[str, BookFacts]:
    isbns = sorted({isbn for row in rows for isbn in row.isbns})
    return {book.facts.isbn13: book.facts for book in container.catalogue.books.find_many(isbns)}


def _done(list_id: int, left: int, message: str, **work: object) -> ResponseReturnValue:
    """Report that all is done, or note what to go on with."""
    if left:
        session[_UNFINISHED] = {"list": list_id} | work
    else:
        flash(message, "success")
    return _to(list_id)


def _to(list_id: int) -> ResponseReturnValue:
    return redirect(url_for("user.book_list", list_id=list_id), 303)


def _padded(cells: Sequence[str], length: int) -> list[str]:
    return [*cells, *[""] * (length - len(cells))][:length]


user.add_app_template_global(why, "why_not_listed")
user.add_app_template_global(choices, "list_choices")
