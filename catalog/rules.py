"""What has to be true of the catalog, said once."""

from __future__ import annotations

from catalog.models import Market, SkuList
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


def check_list(sku_list: SkuList) -> None:
    """Raise Invalid for a customer's list: a bundle is made of a list that is nobody's."""
    if sku_list.customer_id is not None:
        raise Invalid("sku_list", "invalid", "belongs to a customer", relationship=True)
