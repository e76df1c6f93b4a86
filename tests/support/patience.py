"""How long tests wait. What hangs in them hangs for half a minute or for ever; the busiest machine is done long before that."""

from __future__ import annotations

#: Seconds. Whoever was not held up by something that hangs is done within this.
SOON = 15
