"""The pages of the catalog."""

from catalog.admin import goods, offers, payment_methods, segments

__all__ = ["goods", "offers", "payment_methods", "segments"]
