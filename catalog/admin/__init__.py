"""The pages of the catalog."""

from catalog.admin import goods, offers, segments

__all__ = ["goods", "offers", "segments"]
