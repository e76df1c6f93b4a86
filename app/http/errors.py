"""What a visitor sees when something goes wrong: a page in the site's voice that says where to go next, or JSON where JSON was asked for."""

from __future__ import annotations

import sqlite3

import pymysql
import sqlalchemy.exc
import structlog
from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from jinja2 import Template
from werkzeug.exceptions import HTTPException, SecurityError

from app.db.pool import PoolExhaustedError
from app.domain.account import LoginNeeded
from app.domain.beans import NotEnoughBeans, RatioTooLow
from app.domain.drift import WrongParty, WrongState
from app.domain.drift_request import SameBookAsked, TooLate, TooManyOpenDrifts
from app.domain.errors import Refusal
from app.domain.gift import GiftInDrift, NotConfirmed, OnHoliday
from app.domain.moderation import Suspended
from app.http.logs import LogThrottle, first_line
from app.http.way_back import NextStep, find_way_back
from app.libs.passwords import BusyError
from app.services.unit_of_work import RaceLostError

_log = structlog.get_logger()
#: The attribute of views that `login_required` guards.
FOR_MEMBERS = "is_for_members"
_database_throttle = LogThrottle()
#: What a database that is away, or too busy, raises.
DATABASE_DOWN = (
    PoolExhaustedError,
    RaceLostError,
    sqlite3.OperationalError,
    pymysql.err.OperationalError,
    pymysql.err.InterfaceError,
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.InterfaceError,
)


def init_app(app: Flask) -> None:
    """Register a handler for each way to fail."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(SecurityError, _not_our_name)
    app.register_error_handler(BusyError, _busy)
    for kind in DATABASE_DOWN:
        app.register_error_handler(kind, _database_down)
    app.register_error_handler(Exception, _our_fault)


def wants_json() -> bool:
    """Whether the client asked for JSON rather than a page."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def error_page(status: int, message: str, *, own_page: bool = False, next_step: NextStep | None = None) -> Response:
    """Render what went wrong, with a way on, and one back to the page that a form was sent from.

    With `own_page` the page of that status (``errors/<status>.html``) speaks in its own words, else it says `message`.
    """
    if wants_json():
        response = jsonify(error={"status": status, "message": message, "request_id": g.get("request_id", "")})
    else:
        templates: list[str | Template] = [*([f"errors/{status}.html"] if own_page else []), "errors/error.html"]
        shown = {"status": status, "message": message, "next_step": next_step, "way_back": find_way_back()}
        try:
            page = render_template(templates, **shown)
        except DATABASE_DOWN:  # the head of each page names the member who asks
            g.user = None
            page = render_template(templates, **shown)
        response = make_response(page)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(refusal: Refusal) -> Response:
    member = g.get("user")
    _log.info("refused", refusal=type(refusal).__name__, member=member.id if member else None)
    response = error_page(refusal.status, refusal.message(g.get("language", "zh")), next_step=find_next_step(refusal))
    if refusal.status == 503:
        response.headers["Retry-After"] = "60"
    return response


def _stale_form(_error: CSRFError) -> Response:
    if is_for_members() and g.user is None:
        return _refused(LoginNeeded())
    _log.info("refused", refusal="CSRFError")
    return error_page(400, _("这一页放得太久，表单已经失效。请返回上一页，刷新后再试一次。"))


def is_for_members() -> bool:
    """Return whether only members may send what this request sends."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, FOR_MEMBERS, False)


def _not_our_name(_error: SecurityError) -> Response:
    """Answer who asked for a host that is not ours. No page: without a host no address of one can be built."""
    return Response("unknown host\n", 400, mimetype="text/plain")


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()  # type: ignore[return-value]  # Werkzeug names its base class
    messages = {
        400: _("这个请求我们没看懂。"),
        403: _("这一页不对你开放。"),
        404: _("没有找到这一页。"),
        405: _("这个地址不能这样打开。"),
        413: _("发来的内容太大了。"),
        429: _("你走得有点快，歇一会儿再来吧。"),
    }
    response = error_page(status, messages.get(status, error.description or error.name), own_page=True)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _database_down(error: Exception) -> Response:
    log_database_down(error)
    return _come_back()


def log_database_down(error: Exception) -> None:
    """Write one line a second about a database that is away, however many requests meet it."""
    if (suppressed := _database_throttle.admit()) is not None:
        _log.error("database unavailable", error=first_line(error), not_logged=suppressed)


def _busy(_error: BusyError) -> Response:
    _log.warning("too many passwords at once")
    return _come_back()


def _come_back() -> Response:
    response = error_page(503, _("现在人有点多，或者我们的书库正在整理。请过一会儿再试。"), own_page=True)
    response.headers["Retry-After"] = "5"
    return response


def _our_fault(error: Exception) -> Response:
    _log.error("unhandled error", exc_info=error)
    return error_page(500, _("是我们出了错，已经记下来了。请稍后再试。"), own_page=True)


_GIVE = ("web.my_gifts", lazy_gettext("送一本书"))
_DRIFTS = ("web.pending", lazy_gettext("去看鱼漂"))
_NEXT_STEPS: dict[type[Refusal], tuple[str, object]] = {
    NotEnoughBeans: _GIVE,
    RatioTooLow: _GIVE,
    TooManyOpenDrifts: _DRIFTS,
    SameBookAsked: _DRIFTS,
    GiftInDrift: _DRIFTS,
    WrongParty: _DRIFTS,
    WrongState: _DRIFTS,
    LoginNeeded: ("account.login", lazy_gettext("登录")),
    Suspended: ("user.decisions", lazy_gettext("看看理由")),
    OnHoliday: ("user.holiday", lazy_gettext("去看假期")),
    NotConfirmed: ("user.personal", lazy_gettext("去个人中心")),
}


def find_next_step(refusal: Refusal) -> NextStep | None:
    """Find the page that helps after a refusal; None where the first page is as good as any."""
    if isinstance(refusal, TooLate) and refusal.values["others"]:
        return NextStep(url_for("web.detail", isbn=refusal.values["isbn13"]), _("看看还有谁在送"))
    endpoint, label = _NEXT_STEPS.get(type(refusal), ("", ""))
    return NextStep(url_for(endpoint), str(label)) if endpoint else None
