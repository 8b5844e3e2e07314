"""What has to be true of the catalog, said once."""

from __future__ import annotations

from catalog.models import Market
from jsonapi.errors import Invalid


def check_currency(market: Market | None, currency_code: str | None) -> None:
    """Raise Invalid for an amount of one market in another currency."""
    if market is not None and currency_code != market.currency_code:
        raise Invalid("currency_code", "invalid", "is not the currency of the market")
