"""What `_disable` and its kin do."""

from __future__ import annotations

from annotations.triggers import register_tag_triggers
from catalog.models import Market
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


for _taggable in ("coupons", "shipping_methods", "skus"):
    register_tag_triggers(_taggable)
