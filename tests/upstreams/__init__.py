"""Servers on loopback that play the book sources outside, with their faults."""

from tests.upstreams.bodies import BODIES, MANY, MANY_BOOKS, SANTI, SANTI_ISBN
from tests.upstreams.faults import FAULTS
from tests.upstreams.server import Upstream

__all__ = ["BODIES", "FAULTS", "MANY", "MANY_BOOKS", "SANTI", "SANTI_ISBN", "Upstream"]
