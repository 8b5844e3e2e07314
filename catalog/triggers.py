"""What `_disable` and its kin do to a market."""

from __future__ import annotations

from annotations.triggers import register_tag_triggers
from catalog.models import Market
from jsonapi.access import Caller
from jsonapi.triggers import trigger


@trigger("markets", "_disable", trusted=True)
def disable(market: Market, caller: Caller) -> None:
    """Close the market."""
    market.disable()
    market.save(update_fields=["disabled_at", "updated_at"])


@trigger("markets", "_enable", trusted=True)
def enable(market: Market, caller: Caller) -> None:
    """Open the market again."""
    market.enable()
    market.save(update_fields=["disabled_at", "updated_at"])


@trigger("markets", "_regenerate_shared_secret", trusted=True)
def regenerate_shared_secret(market: Market, caller: Caller) -> None:
    """Replace the market's secret."""
    market.regenerate_shared_secret()
    market.save(update_fields=["shared_secret", "updated_at"])


register_tag_triggers("skus")
