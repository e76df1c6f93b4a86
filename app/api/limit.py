"""The book API: how often one address may ask for what is not in memory."""

from __future__ import annotations

from app.api.problems import TOO_MANY_REQUESTS, ApiError
from app.http.limits import counted_address, limits_of
from app.libs.rates import Rate, RateExceededError, Rates


class Limit:
    """Counts requests by address: nobody is known here, so an address may do what `factor` people may.

    :param rates: where the counts lie; None when no limits hold.
    :param allowance: what one person may ask, as the setting `LIMIT_API` says it.
    """

    def __init__(self, rates: Rates | None, allowance: str, factor: int) -> None:
        self._rates = rates
        self._limits = limits_of(allowance, factor)

    def ensure_may_ask(self, remote: str | None) -> None:
        """Count a request from an address.

        :raises ApiError: when it has asked too often; says in how many seconds it may ask again.
        """
        if self._rates is None:
            return
        address = counted_address(remote)
        try:
            self._rates.take(Rate(limit, ("v2", address)) for limit in self._limits)
        except RateExceededError as error:
            raise ApiError(TOO_MANY_REQUESTS, Retry_After=str(error.seconds)) from None
