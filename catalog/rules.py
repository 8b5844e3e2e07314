"""What has to be true of the catalog, said once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.models import Market, SkuList, Store
from jsonapi.errors import Invalid


def check_currency(market: Market | None, currency_code: str | None) -> None:
    """Raise Invalid for an amount of one market in another currency."""
    if market is not None and currency_code != market.currency_code:
        raise Invalid("currency_code", "invalid", "is not the currency of the market")


def currency_of(market: Market | None, currency_code: str | None) -> str:
    """Return the currency of an amount, its market's unless one is named. Raises Invalid."""
    code = currency_code or (market.currency_code if market else None)
    if not code:
        raise Invalid("currency_code", "blank", "can't be blank")
    check_currency(market, code)
    return code


def place_of(
    *, market: Market | None, store: Store | None, currency_code: str | None
) -> tuple[Market | None, str]:
    """Return the market and the currency of a payment method, as what was said implies them.

    Raises Invalid where a store, its market and the currency do not go together.
    """
    if store is not None:
        market = market or store.market
        if store.market_id != market.pk:
            raise Invalid("store", "invalid", "does not belong to the market", relationship=True)
    return market, currency_of(market, currency_code)


def check_defaults(
    said: Mapping[str, Any], *, market: Market | None, currency_code: str | None
) -> None:
    """Raise Invalid for a method that a market, or a new one, cannot offer first."""
    for name in ("default_payment_method", "default_shipping_method"):
        method = said.get(name)
        if method is not None and not method.is_for(market, currency_code):
            title = "is not available in the market"
            raise Invalid(name, "not_available", title, relationship=True)


def check_list(sku_list: SkuList) -> None:
    """Raise Invalid for a customer's list: a bundle is made of a list that is nobody's."""
    if sku_list.customer_id is not None:
        raise Invalid("sku_list", "invalid", "belongs to a customer", relationship=True)
