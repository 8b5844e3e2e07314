"""The pages of the catalog."""

from catalog.admin import goods, offers, payment_methods, price_lists, segments

__all__ = ["goods", "offers", "payment_methods", "price_lists", "segments"]
