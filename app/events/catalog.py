"""Every domain event of the site by name; the name is what the log says and what is counted."""

from __future__ import annotations

from app.domain.drift import DriftState
from app.events.event import DomainEvent

member_registered = DomainEvent("signed up")
member_confirmed = DomainEvent("address confirmed")
member_disabled = DomainEvent("account disabled")
member_enabled = DomainEvent("account enabled")
member_left = DomainEvent("account deleted")
role_given = DomainEvent("role given")
profile_changed = DomainEvent("profile changed")
email_changed = DomainEvent("address changed")
password_changed = DomainEvent("password changed")
password_reset = DomainEvent("password reset")
second_factor_on = DomainEvent("second factor on")
second_factor_off = DomainEvent("second factor off")
recovery_code_used = DomainEvent("recovery code used")
recovery_codes_renewed = DomainEvent("recovery codes renewed")

session_opened = DomainEvent("login")
session_ended = DomainEvent("logout")
other_sessions_ended = DomainEvent("other logins ended")

invitation_made = DomainEvent("invitation made")
invitation_ended = DomainEvent("invitation ended")
moderator_acted = DomainEvent("moderator acted")

list_made = DomainEvent("list made")
list_deleted = DomainEvent("list deleted")
list_restored = DomainEvent("list restored")

gift_offered = DomainEvent("gift offered")
gift_withdrawn = DomainEvent("gift withdrawn")
gift_resumed = DomainEvent("gift resumed")
wish_made = DomainEvent("wish made")
wish_withdrawn = DomainEvent("wish withdrawn")
wish_answered = DomainEvent("wish answered")

#: By what the drift's history calls it: a state it came to, or what happened without one.
drift = {
    kind: DomainEvent(f"drift {'requested' if kind == DriftState.WAITING else kind}")
    for kind in (*(state.value for state in DriftState), "opened", "delayed", "reminded")
}

ALL: tuple[DomainEvent, ...] = (
    *(each for each in list(globals().values()) if isinstance(each, DomainEvent)),
    *drift.values(),
)
