"""Who is asking: `g.user`, `current_user`, and the guards of pages that are for members.

A hook reads the session's token before each request; `g.user` is read from the session's row when it is first looked at, so that
pages which do not ask cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property, wraps
from typing import ParamSpec, cast

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask.ctx import _AppCtxGlobals
from flask.typing import ResponseReturnValue
from werkzeug.local import LocalProxy

from app.container import container
from app.domain.account import LoginNeeded, Member, Permission, ensure_permitted, permissions_of
from app.http.errors import FOR_MEMBERS, wants_json
from app.libs.clock import epoch
from app.queries.credentials import CredentialsRow
from app.services.members.sessions import SEEN_EVERY_SECONDS, hash_token

SESSION_TOKEN = "token"  # noqa: S105 - the name of a field of the cookie
NEXT = "next"
P = ParamSpec("P")


class Globals(_AppCtxGlobals):
    """Flask's `g`, plus the member whose token the hook has read."""

    @cached_property
    def user(self) -> Member | None:
        """The member whose live session the cookie names, or None."""
        if not request:
            return None
        session.accessed = True  # what is made from now on differs by the cookie: the answer says so to caches
        return find_member(self.get("session_token"))

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """What the member may do, worked out once per request."""
        return permissions_of(self.user)


def init_app(app: Flask) -> None:
    """Make `g.user` known to views, and `current_user` to templates.

    The cookie lives as long as the longest session; a form's token as long as the cookie, so that what somebody wrote
    over lunch can still be sent.
    """
    app.app_ctx_globals_class = Globals
    app.before_request(_read_session)
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(days=app.config["SESSION_DAYS"])
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.jinja_env.globals["current_user"] = current_user


current_user = cast(Member, LocalProxy(lambda: g.user))


def asking_id() -> int | None:
    """Return the id of the member who asks, None for a guest."""
    return None if g.user is None else g.user.id


def _read_session() -> None:
    """Put the session's token onto `g`, where `g.user` and `g.permissions` begin.

    This look does not count as one of the page's: an answer that does not depend on who asks must not say `Vary: Cookie`.
    """
    forget_member()
    session.accessed = False


def find_member(token: object) -> Member | None:
    """Return the member that a session's token stands for, or None."""
    if not isinstance(token, str) or not token:
        return None
    now, config = container.core.clock.now(), current_app.config
    member = container.members.directory.find_by_session(
        hash_token(token),
        seen_after=epoch(now - timedelta(days=config["SESSION_IDLE_DAYS"])),
        opened_after=epoch(now - timedelta(days=config["SESSION_DAYS"])),
    )
    if member is not None and member.session_seen <= epoch(now) - SEEN_EVERY_SECONDS:
        container.members.sessions.touch(member.session_id)
    return member


def begin_session(known: CredentialsRow) -> None:
    """Put a new session's token into an emptied cookie, so that nothing from before the login is carried over.

    :raises WrongCredentials: when the password has been changed since it was checked.
    """
    token = container.members.sessions.open(
        known.user_id, mark=known.mark, agent=request.user_agent.string, instead_of=g.user
    )
    session.clear()
    session[SESSION_TOKEN] = token
    session.permanent = True
    forget_member()


def forget_member() -> None:
    """Look again who is asking: a request begins, or somebody came in or went out within it."""
    for name in ("user", "permissions"):
        g.pop(name, None)
    g.session_token = session.get(SESSION_TOKEN)


def login_required(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let members through; send others to the login page, which remembers where they wanted to go.

    Who sends a form or asks for JSON without a session gets a 401 instead: nothing of theirs can be repeated for them.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if g.user is None:
            if request.method != "GET" or wants_json():
                raise LoginNeeded
            session[NEXT] = request.full_path.rstrip("?")
            return redirect(url_for("account.login"), 303)
        return view(*args, **kwargs)

    setattr(guarded, FOR_MEMBERS, True)
    return guarded


def permission_required(
    permission: Permission,
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Make a guard that lets members with this permission through; others are told what they lack."""

    def guard(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @login_required
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            ensure_permitted(permission, g.permissions)
            return view(*args, **kwargs)

        return guarded

    return guard


#: For members whose e-mail address is confirmed.
confirmed_required = permission_required("exchange")
