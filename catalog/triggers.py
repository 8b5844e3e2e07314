"""What `_disable` and its kin do."""

from __future__ import annotations

from annotations.triggers import register_tag_triggers
from catalog.models import Bundle, Market
from jsonapi.access import Caller
from jsonapi.triggers import trigger
from organizations.switches import register_switches

for _switchable in ("markets", "payment_methods", "shipping_methods"):
    register_switches(_switchable)


@trigger("markets", "_regenerate_shared_secret", trusted=True)
def regenerate_shared_secret(market: Market, caller: Caller) -> None:
    """Replace the market's secret."""
    market.regenerate_shared_secret()
    market.save(update_fields=["shared_secret", "updated_at"])


@trigger("bundles", "_compute_price_amount", trusted=True, on_create=True)
def compute_price_amount(bundle: Bundle, caller: Caller) -> None:
    """Let the bundle cost what its SKUs do."""
    bundle.price_amount_cents = bundle.sum_of_prices()
    bundle.save(update_fields=["price_amount_cents", "updated_at"])


@trigger("bundles", "_compute_compare_at_amount", trusted=True, on_create=True)
def compute_compare_at_amount(bundle: Bundle, caller: Caller) -> None:
    """Compare the bundle's price with what its SKUs cost before reductions."""
    bundle.compare_at_amount_cents = bundle.sum_of_prices(before_reductions=True)
    bundle.save(update_fields=["compare_at_amount_cents", "updated_at"])


for _taggable in ("bundles", "coupons", "shipping_methods", "skus"):
    register_tag_triggers(_taggable)
