"""How much longer a test runs than in the gate: so many times, as the environment says."""

from __future__ import annotations

import os

VARIABLE = "SOAK_TIMES"


def scaled(number: int) -> int:
    """Return the number of the short form, times what was asked for."""
    return number * int(os.environ.get(VARIABLE, "1"))
