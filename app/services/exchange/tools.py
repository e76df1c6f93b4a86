"""What the use cases of the exchange share."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.circle import Circles
from app.domain.exchange_policy import Policy
from app.libs.clock import Clock
from app.queries.exchange_stats import ExchangeStatQueries
from app.queries.member import PersonQueries
from app.services.exchange.cases import Cases
from app.services.exchange.ledger import Ledger
from app.services.exchange.notices import Notices


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeTools:
    """The clock, the numbers and facts that the rules are given, and what is written to by many: ledger, notices, and cases for moderators."""

    clock: Clock
    policy: Policy
    facts: ExchangeStatQueries
    persons: PersonQueries
    circles: Circles
    ledger: Ledger
    notices: Notices
    cases: Cases
