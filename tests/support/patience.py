"""How long tests wait. What hangs in them hangs for half a minute or for ever; the busiest machine is done long before that."""

from __future__ import annotations

#: Seconds. Who was not held up by something that hangs is done within this.
SOON = 15
#: Seconds. What the busiest machine does, a site that starts for example, is done within this: a limit that only a fault meets.
PATIENCE = 120
