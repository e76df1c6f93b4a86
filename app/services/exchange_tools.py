"""services: what the use cases of the exchange share."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.circle import Circles
from app.domain.exchange_numbers import Numbers
from app.libs.clock import Clock
from app.queries.exchange_facts import ExchangeFacts
from app.queries.persons import Persons
from app.services.ledger import Ledger
from app.services.notices import Notices


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeTools:
    """The clock, the numbers and facts that the rules are given, and what is written to by many: ledger and notices."""

    clock: Clock
    numbers: Numbers
    facts: ExchangeFacts
    persons: Persons
    circles: Circles
    ledger: Ledger
    notices: Notices
