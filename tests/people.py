"""Members for tests, put into the tables directly."""

from __future__ import annotations

import secrets

from app.extensions import db
from app.http.auth import SESSION_TOKEN, hash_token
from app.libs.clock import epoch
from app.models.user import User, UserSession
from tests.pages import PageClient


def add_member(email: str = "reader@example.org", *, nickname: str = "", role: str = "member") -> int:
    """Write a confirmed member's row, inside an app context, and give its id."""
    name = nickname or email.partition("@")[0]
    with db.auto_commit() as session:
        user = User(
            email=email,
            email_key=email,
            nickname=name,
            nickname_key=name,
            password_hash="!",
            role=role,
            confirmed_at=1,
        )
        session.add(user)
        session.flush()
        return int(user.id)


def log_in(page: PageClient, email: str = "reader@example.org", **member: str) -> int:
    """Make a member, give the client a live session of theirs, and give their id."""
    app = page.http.application
    token = secrets.token_hex(16)
    now = epoch(app.extensions["container"].clock.now())
    with app.app_context():
        member_id = add_member(email, **member)
        with db.auto_commit() as session:
            session.add(UserSession(user_id=member_id, token_hash=hash_token(token), seen_time=now, create_time=now))
    with page.http.session_transaction() as cookie:
        cookie[SESSION_TOKEN] = token
    return member_id
