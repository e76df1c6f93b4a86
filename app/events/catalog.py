"""Every domain event of the site by name; the name is what the log says and what is counted."""

from __future__ import annotations

from app.domain.drift import State
from app.events.event import Event

member_registered = Event("signed up")
member_confirmed = Event("address confirmed")
member_disabled = Event("account disabled")
member_enabled = Event("account enabled")
member_left = Event("account deleted")
role_given = Event("role given")
profile_changed = Event("profile changed")
email_changed = Event("address changed")
password_changed = Event("password changed")
password_reset = Event("password reset")
second_factor_on = Event("second factor on")
second_factor_off = Event("second factor off")
recovery_code_used = Event("recovery code used")
recovery_codes_renewed = Event("recovery codes renewed")

session_opened = Event("login")
session_ended = Event("logout")
other_sessions_ended = Event("other logins ended")

invitation_made = Event("invitation made")
invitation_ended = Event("invitation ended")
moderator_acted = Event("moderator acted")

list_made = Event("list made")
list_deleted = Event("list deleted")
list_restored = Event("list restored")

gift_offered = Event("gift offered")
gift_withdrawn = Event("gift withdrawn")
gift_resumed = Event("gift resumed")
wish_made = Event("wish made")
wish_withdrawn = Event("wish withdrawn")
wish_answered = Event("wish answered")

#: By what the drift's history calls it: a state it came to, or what happened without one.
drift = {
    kind: Event(f"drift {'requested' if kind == State.WAITING else kind}")
    for kind in (*(state.value for state in State), "opened", "delayed", "reminded")
}

ALL: tuple[Event, ...] = (*(each for each in list(globals().values()) if isinstance(each, Event)), *drift.values())
