"""The pages of the catalog."""

from catalog.admin import (
    goods,
    offers,
    payment_methods,
    price_lists,
    segments,
    shipping_methods,
)

__all__ = ["goods", "offers", "payment_methods", "price_lists", "segments", "shipping_methods"]
