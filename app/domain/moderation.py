"""What moderators may do: decide drifts that are not their own, and lift a stop that losses brought about."""

from __future__ import annotations

from enum import StrEnum

from app.domain.errors import Refusal


class Stop(StrEnum):
    """What too many losses stop: a giver's gifts, or a reader's requests."""

    GIVING = "giving"
    ASKING = "asking"

    @property
    def lift(self) -> str:
        """How the act of lifting it is recorded."""
        return f"lift {self.value}"


class OwnCase(Refusal):
    """A moderator has a part in what is to be decided."""

    status = 403
    zh = "这件事和你自己有关，要请另一位版主来决定；什么都没有改变。"
    en = "You have a part in this yourself, so another moderator has to decide it; nothing has changed."


class NotStopped(Refusal):
    """The stop that is to be lifted does not stand: it was lifted before, or the counts changed."""

    zh = "这位书友现在没有被暂停，什么都没有改变。"
    en = "This member is not stopped now; nothing has changed."
