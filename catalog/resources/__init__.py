"""The catalog's resources of /api; importing them registers them."""

from catalog.resources import goods, methods, offers

__all__ = ["goods", "methods", "offers"]
