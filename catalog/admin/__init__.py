"""The pages of the catalog."""

from catalog.admin import (
    bundles,
    goods,
    offers,
    payment_methods,
    price_lists,
    segments,
    shipping_methods,
)

__all__ = [
    "bundles",
    "goods",
    "offers",
    "payment_methods",
    "price_lists",
    "segments",
    "shipping_methods",
]
